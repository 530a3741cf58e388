package io.polylog.kafka.handler;

import io.polylog.group.ShareCoordinator;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData;

/** DeleteShareGroupOffsets: forgets what an empty share group has settled of topics. */
final class DeleteShareGroupOffsetsHandler implements RequestHandler<DeleteShareGroupOffsetsRequestData> {

    private final ShareCoordinator coordinator;

    DeleteShareGroupOffsetsHandler(ShareCoordinator coordinator) {
        this.coordinator = Objects.requireNonNull(coordinator, "coordinator");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, DeleteShareGroupOffsetsRequestData request) {
        return coordinator.deleteOffsets(call.caller(), request).thenApply(Reply::of);
    }
}
