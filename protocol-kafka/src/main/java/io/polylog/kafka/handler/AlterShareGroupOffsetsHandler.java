package io.polylog.kafka.handler;

import io.polylog.group.ShareCoordinator;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestPartition;

/** AlterShareGroupOffsets: lets an empty share group begin anew at offsets of the client's choice. */
final class AlterShareGroupOffsetsHandler implements RequestHandler<AlterShareGroupOffsetsRequestData> {

    private final ShareCoordinator coordinator;

    AlterShareGroupOffsetsHandler(ShareCoordinator coordinator) {
        this.coordinator = Objects.requireNonNull(coordinator, "coordinator");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, AlterShareGroupOffsetsRequestData request) {
        SharePartitions.check(request.topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .mapToInt(AlterShareGroupOffsetsRequestPartition::partitionIndex));
        return coordinator.alterOffsets(call.caller(), request).thenApply(Reply::of);
    }
}
