package io.polylog.kafka.guard;

import io.polylog.kafka.call.Access;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.codec.Reply;
import io.polylog.security.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListOffsetsResponse;

/**
 * What it takes to write records and to learn where topics stand: WRITE and DESCRIBE of the topic. A fetch is looked at where
 * it is worked on: which partitions it is about may be in its session.
 */
final class DataGuards {

    private static final short REFUSED = Errors.TOPIC_AUTHORIZATION_FAILED.code();

    private final Access access;

    DataGuards(Access access) {
        this.access = access;
    }

    void addTo(Guards guards) {
        guards.add(ApiKeys.PRODUCE, ProduceRequestData.class, this::produce);
        guards.add(ApiKeys.LIST_OFFSETS, ListOffsetsRequestData.class, this::listOffsets);
        guards.add(ApiKeys.OFFSET_FOR_LEADER_EPOCH, OffsetForLeaderEpochRequestData.class, this::leaderEpochs);
    }

    private CompletionStage<Reply> produce(
            Call call, ProduceRequestData request, Supplier<CompletionStage<Reply>> rest) {
        String transactionalId = request.transactionalId();
        if (transactionalId != null && !access.transactionalId(call, Operation.WRITE, transactionalId)) {
            throw Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.exception();
        }
        List<TopicProduceData> refused = Guard.takenOut(
                request.topicData(), topic -> access.topic(call, Operation.WRITE, topic.name(), topic.topicId()));
        if (refused.isEmpty()) {
            return rest.get();
        }
        boolean unanswered = request.acks() == 0;
        return rest.get()
                .thenApply(Guard.changing(
                        ProduceResponseData.class,
                        response ->
                                refused.forEach(topic -> response.responses().add(refused(topic)))))
                .thenApply(reply -> unanswered ? Reply.Unanswered.HANG_UP : reply);
    }

    private static TopicProduceResponse refused(TopicProduceData topic) {
        return new TopicProduceResponse()
                .setName(topic.name())
                .setTopicId(topic.topicId())
                .setPartitionResponses(topic.partitionData().stream()
                        .map(partition -> new PartitionProduceResponse()
                                .setIndex(partition.index())
                                .setErrorCode(REFUSED)
                                .setBaseOffset(-1)
                                .setLogStartOffset(-1))
                        .toList());
    }

    private CompletionStage<Reply> listOffsets(
            Call call, ListOffsetsRequestData request, Supplier<CompletionStage<Reply>> rest) {
        List<ListOffsetsTopic> refused = new ArrayList<>();
        request.setTopics(
                Guard.kept(request.topics(), topic -> access.topic(call, Operation.DESCRIBE, topic.name()), refused));
        return rest.get()
                .thenApply(Guard.changing(
                        ListOffsetsResponseData.class,
                        response -> response.setTopics(Guard.joined(response.topics(), refused, DataGuards::refused))));
    }

    private static ListOffsetsTopicResponse refused(ListOffsetsTopic topic) {
        return new ListOffsetsTopicResponse()
                .setName(topic.name())
                .setPartitions(topic.partitions().stream()
                        .map(partition -> new ListOffsetsPartitionResponse()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(REFUSED)
                                .setOffset(ListOffsetsResponse.UNKNOWN_OFFSET)
                                .setTimestamp(ListOffsetsResponse.UNKNOWN_TIMESTAMP))
                        .toList());
    }

    private CompletionStage<Reply> leaderEpochs(
            Call call, OffsetForLeaderEpochRequestData request, Supplier<CompletionStage<Reply>> rest) {
        List<OffsetForLeaderTopic> refused =
                Guard.takenOut(request.topics(), topic -> access.topic(call, Operation.DESCRIBE, topic.topic()));
        return rest.get()
                .thenApply(Guard.changing(
                        OffsetForLeaderEpochResponseData.class,
                        response -> refused.forEach(topic -> response.topics().add(refused(topic)))));
    }

    private static OffsetForLeaderTopicResult refused(OffsetForLeaderTopic topic) {
        return new OffsetForLeaderTopicResult()
                .setTopic(topic.topic())
                .setPartitions(topic.partitions().stream()
                        .map(partition -> new EpochEndOffset()
                                .setPartition(partition.partition())
                                .setErrorCode(REFUSED))
                        .toList());
    }
}
