package io.polylog.log;

/**
 * How a partition is cut into files. All replicas of a partition must agree, since segments roll where these say.
 *
 * @param segmentBytes a segment that would grow beyond this is closed and a new one begun, from 1
 * @param indexIntervalBytes bytes of segment between two index entries, from 1
 * @param indexEntries a segment with so many is closed too, from 1
 * @param segmentMs by how much a batch's largest timestamp may exceed that of the segment's first, milliseconds from 1
 * @param segmentJitterMs up to how much earlier that may be for a segment, so that not all partitions roll at once, from 0
 */
public record LogSettings(
        int segmentBytes, int indexIntervalBytes, int indexEntries, long segmentMs, long segmentJitterMs) {

    /** Segments of 128 MiB, an index entry every 4 KiB. */
    public static final LogSettings DEFAULT = new LogSettings(128 << 20, 4096);

    public LogSettings {
        if (segmentBytes < 1 || indexIntervalBytes < 1 || indexEntries < 1 || segmentMs < 1 || segmentJitterMs < 0) {
            throw new IllegalArgumentException("segmentBytes " + segmentBytes + ", indexIntervalBytes "
                    + indexIntervalBytes + ", indexEntries " + indexEntries + " and segmentMs " + segmentMs
                    + " start at 1, segmentJitterMs " + segmentJitterMs + " at 0");
        }
    }

    /** Segments that roll by their size alone. */
    public LogSettings(int segmentBytes, int indexIntervalBytes) {
        this(segmentBytes, indexIntervalBytes, Integer.MAX_VALUE, Long.MAX_VALUE, 0);
    }

    /** How long the segment that begins at an offset lasts: the same on every replica. */
    long segmentMs(long baseOffset) {
        long most = Math.min(segmentJitterMs, segmentMs - 1);
        return most == 0 ? segmentMs : segmentMs - Math.floorMod(spread(baseOffset), most + 1);
    }

    private static long spread(long offset) {
        long mixed = (offset + 1) * 0x9E3779B97F4A7C15L;
        return mixed ^ (mixed >>> 29);
    }
}
