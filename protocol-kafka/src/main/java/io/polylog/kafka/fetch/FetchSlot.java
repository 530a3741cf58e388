package io.polylog.kafka.fetch;

import io.polylog.broker.Fetcher;
import io.polylog.broker.LogRead;
import io.polylog.broker.PartitionOffsets;
import io.polylog.broker.Topic;
import io.polylog.kafka.call.ErrorMapping;
import io.polylog.kafka.call.LeaderEpochs;
import io.polylog.kafka.call.ReadableTopics;
import io.polylog.kafka.call.Traffic;
import io.polylog.kafka.codec.SliceRecords;
import io.polylog.record.TopicPartition;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchResponseData.AbortedTransaction;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/** One partition of a fetch: what is asked, and what has been found so far. Belongs to the event loop of its fetch. */
final class FetchSlot {

    private static final long UNKNOWN_OFFSET = -1;

    private final FetchPartition asked;
    private final String topicName;
    private final Uuid topicId;
    private final boolean readCommitted;
    private final @Nullable TopicPartition partition;
    private @Nullable PartitionOffsets offsets;
    private @Nullable LogRead read;
    private Errors error;

    /**
     * @param topicName as the request names the topic, which may be by its id
     * @param found what became of looking for it
     */
    FetchSlot(FetchPartition asked, String topicName, Uuid topicId, ReadableTopics.Found found, boolean readCommitted) {
        this.asked = asked;
        this.topicName = topicName;
        this.topicId = topicId;
        this.readCommitted = readCommitted;
        Topic topic = found.topic();
        boolean exists = topic != null && asked.partition() >= 0 && asked.partition() < topic.partitionCount();
        this.partition = topic != null && exists ? topic.partition(asked.partition()) : null;
        this.error = topic == null || exists ? found.error() : Errors.UNKNOWN_TOPIC_OR_PARTITION;
    }

    String topicName() {
        return topicName;
    }

    Uuid topicId() {
        return topicId;
    }

    /** The partition, or null if there is an error. */
    @Nullable
    TopicPartition partition() {
        return error == Errors.NONE ? partition : null;
    }

    /** Whether there is such a partition and the client may read it, whatever else is wrong. */
    boolean exists() {
        return partition != null;
    }

    /** Whether reading has failed; what is no partition is not read. */
    boolean failed() {
        return exists() && error != Errors.NONE;
    }

    long fetchOffset() {
        return asked.fetchOffset();
    }

    int maxBytes() {
        return Math.max(0, asked.partitionMaxBytes());
    }

    /** Looks where the partition stands; answers whether there is something to read. */
    boolean look(Fetcher fetcher) {
        TopicPartition target = partition();
        if (target == null) {
            return false;
        }
        try {
            PartitionOffsets now = fetcher.offsets(target);
            offsets = now;
            error = LeaderEpochs.check(asked.currentLeaderEpoch(), now.leaderEpoch());
            if (error == Errors.NONE
                    && (fetchOffset() < now.logStart()
                            || fetchOffset() > now.highWatermark()
                            || asked.lastFetchedEpoch() > now.leaderEpoch())) {
                error = Errors.OFFSET_OUT_OF_RANGE;
            }
            return error == Errors.NONE && fetchOffset() < (readCommitted ? now.lastStable() : now.highWatermark());
        } catch (RuntimeException refused) {
            error = ErrorMapping.of(refused);
            return false;
        }
    }

    CompletionStage<LogRead> read(Fetcher fetcher, TopicPartition target, int room, boolean atLeastOneBatch) {
        return readCommitted
                ? fetcher.readCommitted(target, fetchOffset(), room, atLeastOneBatch)
                : fetcher.read(target, fetchOffset(), room, atLeastOneBatch);
    }

    /** Whether the partition has grown since {@link #look}. */
    boolean hasGrown(Fetcher fetcher) {
        TopicPartition target = partition();
        PartitionOffsets seen = offsets;
        try {
            return target != null && seen != null && fetcher.offsets(target).highWatermark() > seen.highWatermark();
        } catch (RuntimeException refused) {
            error = ErrorMapping.of(refused);
            return true;
        }
    }

    /** Takes over a read; returns its size in bytes. */
    int found(LogRead found) {
        read = found;
        offsets = found.offsets();
        return found.slice().sizeInBytes();
    }

    void failed(Throwable failure) {
        error = ErrorMapping.of(failure);
    }

    /** Closes what was found. */
    void forget() {
        if (read != null) {
            read.close();
            read = null;
        }
    }

    private List<AbortedTransaction> aborted() {
        LogRead found = read;
        return found == null
                ? List.of()
                : found.aborted().stream()
                        .map(one -> new AbortedTransaction()
                                .setProducerId(one.producerId())
                                .setFirstOffset(one.firstOffset()))
                        .toList();
    }

    PartitionData toResponse(Traffic traffic) {
        PartitionData data =
                new PartitionData().setPartitionIndex(asked.partition()).setRecords(MemoryRecords.EMPTY);
        PartitionOffsets known = offsets;
        if (error != Errors.NONE || known == null) {
            return data.setErrorCode(error.code())
                    .setHighWatermark(UNKNOWN_OFFSET)
                    .setAbortedTransactions(partition == null ? List.of() : null);
        }
        data.setHighWatermark(known.highWatermark())
                .setLastStableOffset(known.lastStable())
                .setLogStartOffset(known.logStart())
                .setAbortedTransactions(readCommitted ? aborted() : null);
        if (read != null && partition != null && read.slice().sizeInBytes() > 0) {
            traffic.fetched(partition, read.slice());
            data.setRecords(new SliceRecords(read.slice()));
        }
        return data;
    }
}
