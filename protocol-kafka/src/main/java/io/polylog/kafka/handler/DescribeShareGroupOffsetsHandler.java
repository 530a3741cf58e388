package io.polylog.kafka.handler;

import io.polylog.group.ShareCoordinator;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData;

/** DescribeShareGroupOffsets: where share groups stand, from their ledgers. */
final class DescribeShareGroupOffsetsHandler implements RequestHandler<DescribeShareGroupOffsetsRequestData> {

    private final ShareCoordinator coordinator;

    DescribeShareGroupOffsetsHandler(ShareCoordinator coordinator) {
        this.coordinator = Objects.requireNonNull(coordinator, "coordinator");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, DescribeShareGroupOffsetsRequestData request) {
        SharePartitions.check(request.groups().stream()
                .filter(group -> group.topics() != null) // as when all are asked for
                .flatMap(group -> group.topics().stream())
                .flatMap(topic -> topic.partitions().stream())
                .mapToInt(Integer::intValue));
        return coordinator
                .describeOffsets(call.caller(), request.groups())
                .thenApply(groups -> Reply.of(new DescribeShareGroupOffsetsResponseData().setGroups(groups)));
    }
}
