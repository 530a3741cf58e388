package io.polylog.kafka.handler;

import io.polylog.broker.Fetcher;
import io.polylog.broker.PartitionOffsets;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import io.polylog.kafka.call.AuthorizedOperations;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.Endpoint;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.codec.Reply;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.Errors;

/**
 * DescribeTopicPartitions (KIP-966): topics in name order, so many partitions at a time; the cursor says where the next
 * request goes on.
 */
final class DescribeTopicPartitionsHandler implements RequestHandler<DescribeTopicPartitionsRequestData> {

    /** Partitions in one answer, as Kafka's {@code max.request.partition.size.limit}. */
    private static final int MAX_PARTITIONS = 2000;

    private static final int NO_LEADER = -1;

    private final Topics topics;
    private final Fetcher fetcher;
    private final Endpoint endpoint;

    DescribeTopicPartitionsHandler(Topics topics, Fetcher fetcher, Endpoint endpoint) {
        this.topics = Objects.requireNonNull(topics, "topics");
        this.fetcher = Objects.requireNonNull(fetcher, "fetcher");
        this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, DescribeTopicPartitionsRequestData request) {
        DescribeTopicPartitionsResponseData response = new DescribeTopicPartitionsResponseData();
        var cursor = request.cursor();
        String first = cursor == null ? "" : cursor.topicName();
        if (cursor != null && cursor.partitionIndex() < 0) {
            throw Errors.INVALID_REQUEST.exception("DescribeTopicPartitionsRequest cursor partition must be valid.");
        }
        int room = Math.max(1, Math.min(request.responsePartitionLimit(), MAX_PARTITIONS));
        for (String name : names(request).tailSet(first, true)) {
            int from = cursor != null && name.equals(first) ? cursor.partitionIndex() : 0;
            if (room == 0) {
                response.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(from));
                break;
            }
            Optional<Topic> topic = topics.find(name);
            if (topic.isEmpty()) {
                response.topics()
                        .add(new DescribeTopicPartitionsResponseTopic()
                                .setName(name)
                                .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
                                .setTopicAuthorizedOperations(AuthorizedOperations.TOPIC));
                continue;
            }
            int to = (int) Math.min(topic.get().partitionCount(), (long) from + room);
            response.topics().add(describe(topic.get(), from, to));
            room -= Math.max(0, to - from);
            if (to < topic.get().partitionCount()) {
                response.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(to));
                break;
            }
        }
        return CompletableFuture.completedFuture(Reply.of(response));
    }

    private NavigableSet<String> names(DescribeTopicPartitionsRequestData request) {
        TreeSet<String> names = new TreeSet<>();
        if (request.topics().isEmpty()) { // all of them, as the specification of the request has it
            topics.all().forEach(topic -> names.add(topic.name()));
        } else {
            for (TopicRequest asked : request.topics()) {
                names.add(asked.name());
            }
        }
        return names;
    }

    private DescribeTopicPartitionsResponseTopic describe(Topic topic, int from, int to) {
        DescribeTopicPartitionsResponseTopic described = new DescribeTopicPartitionsResponseTopic()
                .setName(topic.name())
                .setTopicId(Endpoint.kafkaId(topic.id()))
                .setIsInternal(topic.internal())
                .setTopicAuthorizedOperations(AuthorizedOperations.TOPIC);
        for (int index = from; index < to; index++) {
            described.partitions().add(describe(topic, index));
        }
        return described;
    }

    private DescribeTopicPartitionsResponsePartition describe(Topic topic, int index) {
        List<Integer> here = List.of(endpoint.nodeId());
        DescribeTopicPartitionsResponsePartition partition = new DescribeTopicPartitionsResponsePartition()
                .setPartitionIndex(index)
                .setReplicaNodes(here)
                .setEligibleLeaderReplicas(List.of())
                .setLastKnownElr(List.of());
        try {
            PartitionOffsets offsets = fetcher.offsets(topic.partition(index));
            return partition
                    .setLeaderId(endpoint.nodeId())
                    .setLeaderEpoch(offsets.leaderEpoch())
                    .setIsrNodes(here);
        } catch (RefusedException notThere) {
            return partition
                    .setErrorCode(Errors.LEADER_NOT_AVAILABLE.code())
                    .setLeaderId(NO_LEADER)
                    .setOfflineReplicas(here);
        }
    }
}
