package io.polylog.record;

/**
 * What a topic asks of the batches that are produced to it.
 *
 * @param maxBatchBytes longest batch, in bytes
 * @param timestamps which timestamps its records may have
 * @param keysRequired whether a record without a key is refused: one that a compacted topic could never let go
 */
public record BatchRules(int maxBatchBytes, Timestamps timestamps, boolean keysRequired) {

    /**
     * The timestamps that a producer may give, milliseconds since the Unix epoch; a record without one may always come.
     *
     * @param earliestMs inclusive
     * @param latestMs inclusive
     */
    public record Timestamps(long earliestMs, long latestMs) {

        /** Any: also those of a topic that replaces them with its own. */
        public static final Timestamps ANY = new Timestamps(Long.MIN_VALUE, Long.MAX_VALUE);

        /**
         * Those around a moment.
         *
         * @param beforeMs how far back they may lie, in milliseconds, from 0
         * @param afterMs how far ahead, in milliseconds, from 0
         */
        public static Timestamps around(long nowMs, long beforeMs, long afterMs) {
            long earliestMs = nowMs - beforeMs;
            long latestMs = nowMs + afterMs;
            return new Timestamps(
                    earliestMs > nowMs ? Long.MIN_VALUE : earliestMs, latestMs < nowMs ? Long.MAX_VALUE : latestMs);
        }

        boolean allow(long timestampMs) {
            return timestampMs == RecordBatch.NO_TIMESTAMP || (timestampMs >= earliestMs && timestampMs <= latestMs);
        }
    }

    /** No rule but a length. */
    public static BatchRules ofSize(int maxBatchBytes) {
        return new BatchRules(maxBatchBytes, Timestamps.ANY, false);
    }
}
