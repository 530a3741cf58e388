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
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData.TxnOffsetCommitResponsePartition;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData.TxnOffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.Errors;

/**
 * TxnOffsetCommit: offsets that count when the transaction is committed. Topics that do not exist, named by id in versions from 6
 * on (KIP-1319), are answered here, as in {@link OffsetCommitHandler}.
 */
final class TxnOffsetCommitHandler implements RequestHandler<TxnOffsetCommitRequestData> {

    private final TopicLookup topics;
    private final GroupCoordinator coordinator;

    TxnOffsetCommitHandler(TopicLookup topics, GroupCoordinator coordinator) {
        this.topics = Objects.requireNonNull(topics, "topics");
        this.coordinator = Objects.requireNonNull(coordinator, "coordinator");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, TxnOffsetCommitRequestData request) {
        List<TxnOffsetCommitResponseTopic> refused = new ArrayList<>();
        List<TxnOffsetCommitRequestTopic> known = new ArrayList<>();
        for (TxnOffsetCommitRequestTopic asked : request.topics()) {
            topics.sort(
                    asked.name(),
                    asked.topicId(),
                    asked.partitions(),
                    TxnOffsetCommitRequestPartition::partitionIndex,
                    (topic, partitions) -> known.add(new TxnOffsetCommitRequestTopic()
                            .setName(topic.name())
                            .setTopicId(Endpoint.kafkaId(topic.id()))
                            .setPartitions(partitions)),
                    (partitions, error) -> refused.add(refused(asked, partitions, error)));
        }
        if (known.isEmpty()) {
            return CompletableFuture.completedFuture(Reply.of(new TxnOffsetCommitResponseData().setTopics(refused)));
        }
        return coordinator
                .transactionalOffsetCommit(call.caller(), request.duplicate().setTopics(known))
                .thenApply(committed -> {
                    List<TxnOffsetCommitResponseTopic> all = new ArrayList<>(committed.topics());
                    all.addAll(refused);
                    return Reply.of(new TxnOffsetCommitResponseData().setTopics(all));
                });
    }

    private static TxnOffsetCommitResponseTopic refused(
            TxnOffsetCommitRequestTopic asked, List<TxnOffsetCommitRequestPartition> partitions, Errors error) {
        TxnOffsetCommitResponseTopic topic =
                new TxnOffsetCommitResponseTopic().setName(asked.name()).setTopicId(asked.topicId());
        for (TxnOffsetCommitRequestPartition partition : partitions) {
            topic.partitions()
                    .add(new TxnOffsetCommitResponsePartition()
                            .setPartitionIndex(partition.partitionIndex())
                            .setErrorCode(error.code()));
        }
        return topic;
    }
}
