package io.polylog.kafka.handler;

import io.polylog.group.ShareCoordinator;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ShareGroupHeartbeatRequestData;

/** ShareGroupHeartbeat (KIP-932): joining, keeping up and leaving in one request. */
final class ShareGroupHeartbeatHandler implements RequestHandler<ShareGroupHeartbeatRequestData> {

    private final ShareCoordinator coordinator;

    ShareGroupHeartbeatHandler(ShareCoordinator coordinator) {
        this.coordinator = Objects.requireNonNull(coordinator, "coordinator");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, ShareGroupHeartbeatRequestData request) {
        return coordinator.heartbeat(call.caller(), request).thenApply(Reply::of);
    }
}
