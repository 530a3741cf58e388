package io.polylog.broker;

import io.polylog.record.RecordBatch;

/**
 * A transaction of one partition whose records do not count.
 *
 * @param firstOffset of its first record
 * @param lastOffset of the marker that ended it
 */
public record AbortedTransaction(long producerId, long firstOffset, long lastOffset) {

    /** Whether the batch was written in it. */
    public boolean contains(RecordBatch batch) {
        return batch.isTransactional()
                && batch.producerId() == producerId
                && batch.baseOffset() >= firstOffset
                && batch.baseOffset() <= lastOffset;
    }
}
