package io.polylog.dispatch;

import io.polylog.broker.AbortedTransaction;
import io.polylog.record.RecordBatch;
import io.polylog.record.StoredRecord;
import java.util.List;

/** The records of one stored batch, decoded once and shared by every cursor that passes. Immutable. */
final class DecodedBatch {

    /** What a decoded record costs beside its key, value and headers: objects, references, array headers. */
    private static final int RECORD_OVERHEAD_BYTES = 120;

    private final long baseOffset;
    private final long lastOffset;
    private final List<StoredRecord> records;
    private final int sizeInBytes;

    DecodedBatch(long baseOffset, long lastOffset, List<StoredRecord> records) {
        this.baseOffset = baseOffset;
        this.lastOffset = lastOffset;
        this.records = records;
        long size = RECORD_OVERHEAD_BYTES;
        for (StoredRecord record : records) {
            size += RECORD_OVERHEAD_BYTES + record.record().sizeInBytes();
        }
        this.sizeInBytes = (int) Math.min(size, Integer.MAX_VALUE);
    }

    /**
     * @param aborted transactions whose records do not count
     * @throws io.polylog.record.InvalidBatchException if the stored bytes cannot be read
     */
    static DecodedBatch of(RecordBatch batch, List<AbortedTransaction> aborted) {
        boolean counts = aborted.stream().noneMatch(transaction -> transaction.contains(batch));
        return new DecodedBatch(batch.baseOffset(), batch.lastOffset(), counts ? batch.decode() : List.of());
    }

    long baseOffset() {
        return baseOffset;
    }

    /** Offset that the batch reaches up to, inclusive; it may hold fewer records, or none. */
    long lastOffset() {
        return lastOffset;
    }

    /** Heap bytes that the decoded form takes, about. */
    int sizeInBytes() {
        return sizeInBytes;
    }

    int recordCount() {
        return records.size();
    }

    /** The records at or above {@code offset}. */
    List<StoredRecord> from(long offset) {
        if (offset <= baseOffset) {
            return records;
        }
        int low = 0;
        int high = records.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (records.get(middle).offset() < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return records.subList(low, records.size());
    }
}
