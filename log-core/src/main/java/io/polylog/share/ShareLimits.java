package io.polylog.share;

/**
 * How much one ledger holds in memory.
 *
 * @param windowRecords most records of a partition held by members or waiting to be taken again; no more is read then
 * @param windowBytes most bytes of such records; one record may exceed it
 * @param readRecords most records taken from the log at a time
 * @param turnRecords most records handed out before other work of the thread has its turn
 */
public record ShareLimits(int windowRecords, long windowBytes, int readRecords, int turnRecords) {

    public static final ShareLimits DEFAULT = new ShareLimits(10_000, 32L << 20, 128, 1024);

    public ShareLimits {
        if (windowRecords < 1 || windowBytes < 1 || readRecords < 1 || turnRecords < 1) {
            throw new IllegalArgumentException("limits out of range");
        }
    }
}
