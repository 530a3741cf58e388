package io.polylog.dispatch;

/**
 * How far reading may run ahead.
 *
 * @param readBytes most stored bytes asked for in one read; a larger first batch still comes whole
 * @param decodedBytes decoding of one read stops once this many bytes have been unfolded; the rest is read again later
 * @param readsPerPartition reads of one partition in flight at a time; more wait their turn
 * @param cursorRecords a cursor that holds this many records asks for no more
 * @param cursorBytes a cursor that holds this many bytes asks for no more; one batch may exceed it
 * @param partitionBatches most decoded batches kept per partition
 * @param partitionBytes most decoded bytes kept per partition
 * @param cacheBatches most decoded batches kept in the process
 * @param cacheBytes most decoded bytes kept in the process
 */
public record DispatchLimits(
        int readBytes,
        int decodedBytes,
        int readsPerPartition,
        int cursorRecords,
        int cursorBytes,
        int partitionBatches,
        int partitionBytes,
        int cacheBatches,
        long cacheBytes) {

    /** For a process with one gibibyte of heap. */
    public static final DispatchLimits DEFAULT =
            new DispatchLimits(256 << 10, 1 << 20, 4, 256, 128 << 10, 256, 4 << 20, 16_384, 48L << 20);

    public DispatchLimits {
        if (readBytes < 1
                || decodedBytes < 1
                || readsPerPartition < 1
                || cursorRecords < 1
                || cursorBytes < 1
                || partitionBatches < 0
                || partitionBytes < 0
                || cacheBatches < 0
                || cacheBytes < 0) {
            throw new IllegalArgumentException("limits out of range");
        }
    }
}
