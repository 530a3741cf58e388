package io.polylog.record;

import java.nio.ByteBuffer;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecords.RecordFilter;
import org.apache.kafka.common.record.internal.MemoryRecords.RecordFilter.BatchRetention;
import org.apache.kafka.common.record.internal.MemoryRecords.RecordFilter.BatchRetentionResult;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Leaves records out of stored batches, as Kafka's cleaner does, with its classes: offsets, timestamps, producer and sequence
 * numbers of a batch stay what they were. A batch with tombstones is told when these may go, the first time that it comes by.
 * Markers of transactions stay. One thread.
 */
public final class BatchFilter {

    private static final int MAX_KEPT_BUFFER_BYTES = 4 << 20;

    /** Whether a record with a key stays. */
    @FunctionalInterface
    public interface Choice {
        boolean keeps(long offset, ByteBuffer key);
    }

    private final Choice choice;
    private final long nowMs;
    private final long tombstonesMs;
    private final long keepsAllFrom;
    private final BufferSupplier buffers = BufferSupplier.create();
    private ByteBuffer target = ByteBuffer.allocate(64 << 10);

    /**
     * @param nowMs milliseconds since the Unix epoch: tombstones whose time is over go
     * @param tombstonesMs how long from now tombstones stay that come by for the first time, in milliseconds
     * @param keepsAllFrom records at or after this offset stay
     */
    public BatchFilter(Choice choice, long nowMs, long tombstonesMs, long keepsAllFrom) {
        this.choice = choice;
        this.nowMs = nowMs;
        this.tombstonesMs = tombstonesMs;
        this.keepsAllFrom = keepsAllFrom;
    }

    /**
     * What is left of a batch; null if nothing is. The same bytes if all is.
     *
     * @param keepEmpty whether at least its header stays
     * @return valid until the next call
     * @throws InvalidBatchException if the bytes cannot be read as records
     */
    public @Nullable RecordBatch apply(RecordBatch batch, boolean keepEmpty) {
        target.clear();
        MemoryRecords.FilterResult result;
        try {
            result = MemoryRecords.readableRecords(batch.buffer())
                    .filterTo(new Keep(keepEmpty), target, buffers, BatchValidator.MAX_UNCOMPRESSED_BYTES);
        } catch (org.apache.kafka.common.KafkaException | IllegalArgumentException unreadable) {
            throw new InvalidBatchException(
                    InvalidBatchException.Reason.CORRUPT, "unreadable records: " + unreadable.getMessage());
        }
        ByteBuffer written = result.outputBuffer();
        if (written.capacity() <= MAX_KEPT_BUFFER_BYTES) {
            target = written;
        }
        ByteBuffer left = written.duplicate().flip();
        return left.hasRemaining() ? new RecordBatch(left) : null;
    }

    private final class Keep extends RecordFilter {
        private final boolean keepEmpty;

        Keep(boolean keepEmpty) {
            super(nowMs, tombstonesMs);
            this.keepEmpty = keepEmpty;
        }

        @Override
        protected BatchRetentionResult checkBatchRetention(org.apache.kafka.common.record.internal.RecordBatch batch) {
            return new BatchRetentionResult(
                    keepEmpty || batch.isControlBatch() ? BatchRetention.RETAIN_EMPTY : BatchRetention.DELETE_EMPTY,
                    false);
        }

        @Override
        protected boolean shouldRetainRecord(org.apache.kafka.common.record.internal.RecordBatch batch, Record record) {
            if (batch.isControlBatch() || record.offset() >= keepsAllFrom) {
                return true;
            }
            // Without a key nothing can take its place, and nobody can ask for it by one: Kafka lets it go.
            return record.hasKey()
                    && (record.hasValue() || isTombstoneKept(batch))
                    && choice.keeps(record.offset(), record.key());
        }

        private boolean isTombstoneKept(org.apache.kafka.common.record.internal.RecordBatch batch) {
            return batch.deleteHorizonMs().isEmpty()
                    || nowMs < batch.deleteHorizonMs().getAsLong();
        }
    }
}
