package io.polylog.kafka.handler;

import io.polylog.group.GroupCoordinator;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.Endpoint;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.call.TopicLookup;
import io.polylog.kafka.codec.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.Errors;

/**
 * OffsetCommit: the coordinator commits what belongs to topics that exist, named by id in versions from 10 on; the rest is
 * answered here.
 */
final class OffsetCommitHandler implements RequestHandler<OffsetCommitRequestData> {

    private final TopicLookup topics;
    private final GroupCoordinator coordinator;

    OffsetCommitHandler(TopicLookup topics, GroupCoordinator coordinator) {
        this.topics = Objects.requireNonNull(topics, "topics");
        this.coordinator = Objects.requireNonNull(coordinator, "coordinator");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, OffsetCommitRequestData request) {
        List<OffsetCommitResponseTopic> refused = new ArrayList<>();
        List<OffsetCommitRequestTopic> known = new ArrayList<>();
        for (OffsetCommitRequestTopic asked : request.topics()) {
            topics.sort(
                    asked.name(),
                    asked.topicId(),
                    asked.partitions(),
                    OffsetCommitRequestPartition::partitionIndex,
                    (topic, partitions) -> known.add(new OffsetCommitRequestTopic()
                            .setName(topic.name())
                            .setTopicId(Endpoint.kafkaId(topic.id()))
                            .setPartitions(partitions)),
                    (partitions, error) -> refused.add(refused(asked, partitions, error)));
        }
        if (known.isEmpty()) {
            return CompletableFuture.completedFuture(Reply.of(new OffsetCommitResponseData().setTopics(refused)));
        }
        return coordinator
                .offsetCommit(call.caller(), request.duplicate().setTopics(known))
                .thenApply(committed -> {
                    List<OffsetCommitResponseTopic> all = new ArrayList<>(committed.topics());
                    all.addAll(refused);
                    return Reply.of(new OffsetCommitResponseData().setTopics(all));
                });
    }

    private static OffsetCommitResponseTopic refused(
            OffsetCommitRequestTopic asked, List<OffsetCommitRequestPartition> partitions, Errors error) {
        OffsetCommitResponseTopic topic =
                new OffsetCommitResponseTopic().setName(asked.name()).setTopicId(asked.topicId());
        for (OffsetCommitRequestPartition partition : partitions) {
            topic.partitions()
                    .add(new OffsetCommitResponsePartition()
                            .setPartitionIndex(partition.partitionIndex())
                            .setErrorCode(error.code()));
        }
        return topic;
    }
}
