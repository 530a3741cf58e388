package io.polylog.log;

/**
 * Where a log ended at some moment, precisely enough to cut it back to that.
 *
 * @param segmentBase base offset of the active segment
 * @param bytePosition size of the active segment in bytes
 * @param endOffset offset that the next record would have got
 */
public record LogPosition(long segmentBase, int bytePosition, long endOffset) {

    /** Nothing was ever appended. */
    public static final LogPosition EMPTY = new LogPosition(0, 0, 0);

    public LogPosition {
        if (segmentBase < 0 || bytePosition < 0 || endOffset < segmentBase) {
            throw new IllegalArgumentException(
                    "no log can end at segment " + segmentBase + ", byte " + bytePosition + ", offset " + endOffset);
        }
    }
}
