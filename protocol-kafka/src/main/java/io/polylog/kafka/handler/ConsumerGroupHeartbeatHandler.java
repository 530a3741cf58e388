package io.polylog.kafka.handler;

import io.polylog.group.GroupCoordinator;
import io.polylog.kafka.call.Access;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;

/** ConsumerGroupHeartbeat (KIP-848): joining, keeping up and leaving in one request. A pattern matches what may be seen. */
final class ConsumerGroupHeartbeatHandler implements RequestHandler<ConsumerGroupHeartbeatRequestData> {

    private final GroupCoordinator coordinator;
    private final Access access;

    ConsumerGroupHeartbeatHandler(GroupCoordinator coordinator, Access access) {
        this.coordinator = Objects.requireNonNull(coordinator, "coordinator");
        this.access = access;
    }

    @Override
    public CompletionStage<Reply> handle(Call call, ConsumerGroupHeartbeatRequestData request) {
        return coordinator
                .consumerGroupHeartbeat(call.caller().seeing(access.seeing(call)), request)
                .thenApply(Reply::of);
    }
}
