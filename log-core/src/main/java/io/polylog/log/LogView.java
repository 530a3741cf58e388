package io.polylog.log;

import io.polylog.broker.PartitionOffsets;
import java.util.List;
import java.util.OptionalLong;

/**
 * All that readers may see of a log at one moment; immutable, and replaced as a whole, so that what a reader learns from
 * one view fits together.
 *
 * @param segments in order, at least one; the last is the active one
 * @param logStart first offset that may be read; it lies in the first segment, or at its end
 * @param highWatermark end of what may be read, exclusive
 * @param lastStable end of what a reader of committed records may see, exclusive; up to the high watermark
 * @param activeBytes how much of the active segment may be read
 * @param activeMaxTimestamp largest timestamp in that part
 */
record LogView(
        List<Segment> segments,
        long logStart,
        long highWatermark,
        long lastStable,
        int activeBytes,
        long activeMaxTimestamp,
        LeaderEpochs epochs) {

    PartitionOffsets offsets() {
        return new PartitionOffsets(logStart, highWatermark, lastStable, epochs.latest());
    }

    /** How many bytes of all segments may be read. */
    long readableBytes() {
        long bytes = 0;
        for (int i = 0; i < segments.size(); i++) {
            bytes += readableBytes(i);
        }
        return bytes;
    }

    /** Index of the segment that holds {@code offset}, which lies within the log. */
    int segmentOf(long offset) {
        int low = 0;
        int high = segments.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (segments.get(middle).baseOffset() <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** See {@link PartitionLog#expiredEnd}. */
    OptionalLong expiredEnd(long nowMs, long retentionMs, long retentionBytes) {
        int expired = 0;
        while (retentionMs >= 0 && expired < segments.size() && isOlder(expired, nowMs, retentionMs)) {
            expired++;
        }
        long excess = -retentionBytes;
        for (int i = expired; i < segments.size(); i++) {
            excess += readableBytes(i);
        }
        while (retentionBytes >= 0 && expired < segments.size() && excess >= readableBytes(expired)) {
            if (isActive(expired) && activeBytes == 0) {
                break;
            }
            excess -= readableBytes(expired);
            expired++;
        }
        return expired == 0 ? OptionalLong.empty() : OptionalLong.of(readableEnd(expired - 1));
    }

    /** Compaction may leave a segment without a batch: nothing keeps that. */
    private boolean isOlder(int i, long nowMs, long retentionMs) {
        if (readableBytes(i) == 0) {
            return !isActive(i);
        }
        long newest = maxTimestamp(i);
        return newest >= 0 && nowMs - newest > retentionMs;
    }

    private boolean isActive(int i) {
        return i == segments.size() - 1;
    }

    /** How many bytes of the i-th segment may be read. */
    int readableBytes(int i) {
        return isActive(i) ? activeBytes : segments.get(i).size();
    }

    /** One past the last offset of the i-th segment that may be read. */
    long readableEnd(int i) {
        return isActive(i) ? highWatermark : segments.get(i + 1).baseOffset();
    }

    long maxTimestamp(int i) {
        return isActive(i) ? activeMaxTimestamp : segments.get(i).maxTimestamp();
    }
}
