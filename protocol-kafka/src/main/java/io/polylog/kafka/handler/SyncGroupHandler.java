package io.polylog.kafka.handler;

import io.polylog.group.GroupCoordinator;
import io.polylog.kafka.codec.Reply;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.SyncGroupRequestData;

/** SyncGroup: hands in the leader's assignment, and each member gets its own. */
final class SyncGroupHandler implements RequestHandler<SyncGroupRequestData> {

    private final GroupCoordinator coordinator;

    SyncGroupHandler(GroupCoordinator coordinator) {
        this.coordinator = Objects.requireNonNull(coordinator, "coordinator");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, SyncGroupRequestData request) {
        return coordinator.syncGroup(call.caller(), request).thenApply(Reply::of);
    }
}
