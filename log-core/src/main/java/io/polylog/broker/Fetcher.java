package io.polylog.broker;

import io.polylog.record.TopicPartition;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Reads partitions: stored batches as they are, positions, and news of growth. */
public interface Fetcher {

    /**
     * Reads stored batches, beginning with the whole batch that contains {@code offset}. Answers with what is there,
     * possibly nothing; never waits for more. The caller closes the slice.
     *
     * <p>Fails with {@link RefusedException}: {@code UNKNOWN_TOPIC}, {@code UNKNOWN_PARTITION},
     * {@code OFFSET_OUT_OF_RANGE} (below the log start or above the high watermark), {@code STORAGE_FAILED}.
     *
     * @param offset first offset wanted
     * @param maxBytes upper bound in bytes, from 0; the slice ends with a whole batch
     * @param atLeastOneBatch whether the first batch comes even if it alone exceeds {@code maxBytes} (KIP-74)
     */
    CompletionStage<LogRead> read(TopicPartition partition, long offset, int maxBytes, boolean atLeastOneBatch);

    /**
     * Like {@link #read}, but nothing at or after the last stable offset, and with the {@linkplain LogRead#aborted
     * transactions} whose records the reader has to leave out, as it does control batches.
     */
    CompletionStage<LogRead> readCommitted(
            TopicPartition partition, long offset, int maxBytes, boolean atLeastOneBatch);

    /**
     * @throws RefusedException {@code UNKNOWN_TOPIC} or {@code UNKNOWN_PARTITION}
     */
    PartitionOffsets offsets(TopicPartition partition);

    /**
     * How many bytes the stored batches of the partition take.
     *
     * @throws RefusedException {@code UNKNOWN_TOPIC} or {@code UNKNOWN_PARTITION}
     */
    long sizeInBytes(TopicPartition partition);

    /** Where all that is kept. Fails with {@code STORAGE_FAILED} or {@code OVERLOADED}. */
    CompletionStage<LogDirectory> directory();

    /** The first record whose timestamp is at or after {@code timestampMs}, if there is one. */
    CompletionStage<Optional<TimedOffset>> offsetForTime(TopicPartition partition, long timestampMs);

    /** The record with the largest timestamp; the first of them if several share it. */
    CompletionStage<Optional<TimedOffset>> offsetOfMaxTimestamp(TopicPartition partition);

    /**
     * Runs {@code onAdvance} on an apply thread each time the high watermark has moved, until closed; the last stable
     * offset moves at no other time. It must return
     * at once. An advance between reading and registering is not missed if the caller registers first.
     */
    Registration watch(TopicPartition partition, Runnable onAdvance);

    /** An offset and the timestamp found there. */
    record TimedOffset(long offset, long timestampMs, int leaderEpoch) {}
}
