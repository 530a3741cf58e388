package io.polylog.kafka.handler;

import static org.apache.kafka.common.requests.ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP;
import static org.apache.kafka.common.requests.ListOffsetsRequest.EARLIEST_PENDING_UPLOAD_TIMESTAMP;
import static org.apache.kafka.common.requests.ListOffsetsRequest.EARLIEST_TIMESTAMP;
import static org.apache.kafka.common.requests.ListOffsetsRequest.LATEST_TIERED_TIMESTAMP;
import static org.apache.kafka.common.requests.ListOffsetsRequest.LATEST_TIMESTAMP;
import static org.apache.kafka.common.requests.ListOffsetsRequest.MAX_TIMESTAMP;

import io.polylog.broker.Fetcher;
import io.polylog.broker.Fetcher.TimedOffset;
import io.polylog.broker.PartitionOffsets;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.ErrorMapping;
import io.polylog.kafka.call.LeaderEpochs;
import io.polylog.kafka.call.RequestHandler;
import io.polylog.kafka.call.Stages;
import io.polylog.kafka.call.TopicLookup;
import io.polylog.kafka.codec.Reply;
import io.polylog.record.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.ListOffsetsResponse;

/**
 * ListOffsets: where partitions begin and end, and the first record at or after a time. Nothing is kept in tiers: the
 * earliest local offset is the earliest one, and nothing is tiered or waits to be.
 */
final class ListOffsetsHandler implements RequestHandler<ListOffsetsRequestData> {

    private static final short FIRST_VERSION_WITH_EPOCH = 4;

    /** Since when negative timestamps mean something. */
    private static final Map<Long, Short> FIRST_VERSIONS = Map.of(
            LATEST_TIMESTAMP, (short) 1,
            EARLIEST_TIMESTAMP, (short) 1,
            MAX_TIMESTAMP, (short) 7,
            EARLIEST_LOCAL_TIMESTAMP, (short) 8,
            LATEST_TIERED_TIMESTAMP, (short) 9,
            EARLIEST_PENDING_UPLOAD_TIMESTAMP, (short) 11);

    private final TopicLookup topics;
    private final Fetcher fetcher;

    ListOffsetsHandler(TopicLookup topics, Fetcher fetcher) {
        this.topics = Objects.requireNonNull(topics, "topics");
        this.fetcher = Objects.requireNonNull(fetcher, "fetcher");
    }

    @Override
    public CompletionStage<Reply> handle(Call call, ListOffsetsRequestData request) {
        ListOffsetsRequest body = (ListOffsetsRequest) call.request().body();
        Set<org.apache.kafka.common.TopicPartition> duplicates = body.duplicatePartitions();
        // As a number: Kafka's own accessor throws where it is an unknown one.
        boolean readCommitted = request.isolationLevel() == IsolationLevel.READ_COMMITTED.id();
        List<CompletionStage<ListOffsetsTopicResponse>> answers = new ArrayList<>();
        for (ListOffsetsTopic asked : request.topics()) {
            Optional<Topic> topic = topics.find(asked.name(), Uuid.ZERO_UUID);
            List<CompletionStage<ListOffsetsPartitionResponse>> partitions = new ArrayList<>();
            for (ListOffsetsPartition partition : asked.partitions()) {
                boolean duplicate = duplicates.contains(
                        new org.apache.kafka.common.TopicPartition(asked.name(), partition.partitionIndex()));
                partitions.add(
                        duplicate
                                ? CompletableFuture.completedFuture(error(partition, Errors.INVALID_REQUEST))
                                : answer(topic, partition, readCommitted, call.version()));
            }
            answers.add(Stages.all(partitions)
                    .thenApply(list ->
                            new ListOffsetsTopicResponse().setName(asked.name()).setPartitions(list)));
        }
        return Stages.all(answers).thenApply(list -> {
            if (call.version() < FIRST_VERSION_WITH_EPOCH) {
                forgetEpochs(list);
            }
            return Reply.of(new ListOffsetsResponseData().setTopics(list));
        });
    }

    /** Older versions have no room for the epoch, and refuse to be written with one. */
    private static void forgetEpochs(List<ListOffsetsTopicResponse> topics) {
        for (ListOffsetsTopicResponse topic : topics) {
            topic.partitions().forEach(partition -> partition.setLeaderEpoch(ListOffsetsResponse.UNKNOWN_EPOCH));
        }
    }

    private CompletionStage<ListOffsetsPartitionResponse> answer(
            Optional<Topic> topic, ListOffsetsPartition asked, boolean readCommitted, short version) {
        if (asked.timestamp() < 0 && version < FIRST_VERSIONS.getOrDefault(asked.timestamp(), Short.MAX_VALUE)) {
            return CompletableFuture.completedFuture(error(asked, Errors.UNSUPPORTED_VERSION));
        }
        if (topic.isEmpty()) {
            return CompletableFuture.completedFuture(error(asked, Errors.UNKNOWN_TOPIC_OR_PARTITION));
        }
        try {
            TopicPartition partition = topic.get().partition(asked.partitionIndex());
            PartitionOffsets offsets = fetcher.offsets(partition);
            Errors fenced = LeaderEpochs.check(asked.currentLeaderEpoch(), offsets.leaderEpoch());
            return fenced != Errors.NONE
                    ? CompletableFuture.completedFuture(error(asked, fenced))
                    : find(partition, asked, offsets, readCommitted)
                            .exceptionally(failure -> error(asked, ErrorMapping.of(failure)));
        } catch (RefusedException refused) {
            return CompletableFuture.completedFuture(error(asked, ErrorMapping.of(refused)));
        }
    }

    private CompletionStage<ListOffsetsPartitionResponse> find(
            TopicPartition partition, ListOffsetsPartition asked, PartitionOffsets offsets, boolean readCommitted) {
        long end = readCommitted ? offsets.lastStable() : offsets.highWatermark();
        long timestamp = asked.timestamp();
        if (timestamp >= 0) {
            return fetcher.offsetForTime(partition, timestamp).thenApply(found -> timed(asked, found, end));
        }
        if (timestamp == MAX_TIMESTAMP) {
            return fetcher.offsetOfMaxTimestamp(partition).thenApply(found -> timed(asked, found, end));
        }
        ListOffsetsPartitionResponse response = empty(asked);
        if (timestamp == LATEST_TIMESTAMP) {
            response.setOffset(end).setLeaderEpoch(offsets.leaderEpoch());
        } else if (timestamp == EARLIEST_TIMESTAMP || timestamp == EARLIEST_LOCAL_TIMESTAMP) {
            response.setOffset(offsets.logStart()).setLeaderEpoch(offsets.leaderEpoch());
        }
        return CompletableFuture.completedFuture(response);
    }

    /** A record beyond what the reader may see yet counts as not there. */
    private static ListOffsetsPartitionResponse timed(
            ListOffsetsPartition asked, Optional<TimedOffset> found, long end) {
        ListOffsetsPartitionResponse response = empty(asked);
        found.filter(record -> record.offset() < end)
                .ifPresent(record -> response.setOffset(record.offset())
                        .setTimestamp(record.timestampMs())
                        .setLeaderEpoch(record.leaderEpoch()));
        return response;
    }

    private static ListOffsetsPartitionResponse error(ListOffsetsPartition asked, Errors error) {
        return empty(asked).setErrorCode(error.code());
    }

    private static ListOffsetsPartitionResponse empty(ListOffsetsPartition asked) {
        return new ListOffsetsPartitionResponse()
                .setPartitionIndex(asked.partitionIndex())
                .setOffset(ListOffsetsResponse.UNKNOWN_OFFSET)
                .setTimestamp(ListOffsetsResponse.UNKNOWN_TIMESTAMP)
                .setLeaderEpoch(ListOffsetsResponse.UNKNOWN_EPOCH);
    }
}
