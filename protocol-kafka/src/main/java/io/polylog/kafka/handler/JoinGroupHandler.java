package io.polylog.kafka.handler;

import io.polylog.group.GroupCoordinator;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.requests.JoinGroupResponse;

/** JoinGroup of a classic group: answered when the rebalance is complete. */
final class JoinGroupHandler implements RequestHandler<JoinGroupRequestData> {

    private final GroupCoordinator coordinator;

    JoinGroupHandler(GroupCoordinator coordinator) {
        this.coordinator = Objects.requireNonNull(coordinator, "coordinator");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, JoinGroupRequestData request) {
        // The response class turns an absent protocol name into the empty one that versions before 7 have.
        return coordinator
                .joinGroup(call.caller(), request)
                .thenApply(response -> Reply.of(new JoinGroupResponse(response, call.version()).data()));
    }
}
