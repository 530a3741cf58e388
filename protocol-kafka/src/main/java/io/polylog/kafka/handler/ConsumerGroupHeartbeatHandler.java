package io.polylog.kafka.handler;

import io.polylog.group.GroupCoordinator;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;

/** ConsumerGroupHeartbeat (KIP-848): joining, keeping up and leaving in one request. */
final class ConsumerGroupHeartbeatHandler implements RequestHandler<ConsumerGroupHeartbeatRequestData> {

    private final GroupCoordinator coordinator;

    ConsumerGroupHeartbeatHandler(GroupCoordinator coordinator) {
        this.coordinator = Objects.requireNonNull(coordinator, "coordinator");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, ConsumerGroupHeartbeatRequestData request) {
        return coordinator.consumerGroupHeartbeat(call.caller(), request).thenApply(Reply::of);
    }
}
