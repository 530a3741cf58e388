package io.polylog.kafka.handler;

import io.polylog.group.GroupCoordinator;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

/** SyncGroup: hands in the leader's assignment, and each member gets its own. */
final class SyncGroupHandler implements RequestHandler<SyncGroupRequestData> {

    private final GroupCoordinator coordinator;

    SyncGroupHandler(GroupCoordinator coordinator) {
        this.coordinator = Objects.requireNonNull(coordinator, "coordinator");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, SyncGroupRequestData request) {
        return coordinator
                .syncGroup(call.caller(), request)
                .thenApply(SyncGroupHandler::expected)
                .thenApply(Reply::of);
    }

    /**
     * Kafka's consumers take a coordinator that is loading for the end of everything here, though nowhere else. It has
     * lost the rebalance that was under way, so the member has to join again, which is what this error lets it do.
     */
    private static SyncGroupResponseData expected(SyncGroupResponseData response) {
        return response.errorCode() == Errors.COORDINATOR_LOAD_IN_PROGRESS.code()
                ? response.setErrorCode(Errors.REBALANCE_IN_PROGRESS.code())
                : response;
    }
}
