package io.polylog.record;

import java.nio.ByteBuffer;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.utils.internals.CloseableIterator;

/** Looks for something in the records of a batch, unfolding it no further than needed and keeping none of it. Stateless. */
public final class RecordScan {

    private RecordScan() {}

    /** Looks at records one by one. */
    @FunctionalInterface
    public interface TimesVisitor {
        /** Answers whether to go on. */
        boolean visit(long offset, long timestampMs);
    }

    /**
     * Shows when each record was, in order, unfolding the batch no further than asked for and keeping none of it; no record
     * of a control batch.
     *
     * @throws InvalidBatchException if the bytes cannot be read as records
     */
    public static void times(RecordBatch batch, TimesVisitor visitor) {
        if (batch.isControl()) {
            return;
        }
        try (CloseableIterator<org.apache.kafka.common.record.internal.Record> records =
                batch.kafkaBatch().skipKeyValueIterator(UnfoldingBuffers.ofThisThread())) {
            boolean more = true;
            while (more && records.hasNext()) {
                var record = records.next();
                more = visitor.visit(record.offset(), record.timestamp());
            }
        } catch (org.apache.kafka.common.KafkaException | IllegalArgumentException unreadable) {
            throw RecordBatch.unreadable(unreadable);
        }
    }

    /** Looks at keys one by one. */
    @FunctionalInterface
    public interface KeysVisitor {
        /**
         * Answers whether to go on.
         *
         * @param key valid during the call
         */
        boolean visit(long offset, ByteBuffer key);
    }

    /**
     * Shows the keys of the records that have one, as {@link #times} shows their times.
     *
     * @throws InvalidBatchException if the bytes cannot be read as records
     */
    public static void keys(RecordBatch batch, KeysVisitor visitor) {
        if (batch.isControl()) {
            return;
        }
        try (CloseableIterator<org.apache.kafka.common.record.internal.Record> records =
                batch.kafkaBatch().streamingIterator(UnfoldingBuffers.ofThisThread())) {
            boolean more = true;
            while (more && records.hasNext()) {
                var record = records.next();
                ByteBuffer key = record.key();
                more = key == null || visitor.visit(record.offset(), key);
            }
        } catch (org.apache.kafka.common.KafkaException | IllegalArgumentException unreadable) {
            throw RecordBatch.unreadable(unreadable);
        }
    }

    /** Whether it is the marker of a transaction that was aborted. */
    public static boolean isAbortMarker(RecordBatch batch) {
        if (!batch.isControl()) {
            return false;
        }
        try {
            ByteBuffer key = batch.kafkaBatch().iterator().next().key();
            return key != null
                    && ControlRecordType.fromTypeId(ControlRecordType.parseTypeId(key)) == ControlRecordType.ABORT;
        } catch (org.apache.kafka.common.KafkaException | IllegalArgumentException unreadable) {
            throw RecordBatch.unreadable(unreadable);
        }
    }
}
