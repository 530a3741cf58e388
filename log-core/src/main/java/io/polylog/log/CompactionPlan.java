package io.polylog.log;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What of a log may be compacted at one moment: its first segments, closed, and so since the last checkpoint, without open
 * transactions, and old enough; of which those from the first dirty one on were not compacted with the others yet.
 *
 * @param segments in order, at least one
 * @param end where the last of them ends
 * @param dirtyFrom offset of the first record whose key was not looked at yet
 * @param firstDirty index of the segment that holds it
 */
record CompactionPlan(LogView view, List<Segment> segments, long end, long dirtyFrom, int firstDirty) {

    CompactionPlan {
        segments = List.copyOf(segments);
    }

    /**
     * Empty if nothing is to be done yet.
     *
     * @param settledTo base offset of the segment that was active at the last durable checkpoint: no start goes back before it
     * @param cleanedTo records below it have been compacted with each other
     */
    static Optional<CompactionPlan> due(LogView view, long settledTo, long cleanedTo, CompactionRules rules, long nowMs)
            throws IOException {
        int count = 0;
        while (count < view.segments().size() - 1
                && view.readableEnd(count) <= Math.min(settledTo, view.offsets().lastStable())
                && (rules.minLagMs() <= 0 || view.maxTimestamp(count) <= nowMs - rules.minLagMs())) {
            count++;
        }
        long dirtyFrom = Math.max(cleanedTo, view.logStart());
        int firstDirty = 0;
        long cleanBytes = 0;
        while (firstDirty < count && view.readableEnd(firstDirty) <= dirtyFrom) {
            cleanBytes += view.readableBytes(firstDirty++);
        }
        long dirtyBytes = 0;
        for (int i = firstDirty; i < count; i++) {
            dirtyBytes += view.readableBytes(i);
        }
        if (dirtyBytes == 0) {
            return Optional.empty();
        }
        double ratio = (double) dirtyBytes / (cleanBytes + dirtyBytes);
        if (ratio <= rules.minDirtyRatio() && !isOverdue(view, firstDirty, rules, nowMs)) {
            return Optional.empty();
        }
        return Optional.of(new CompactionPlan(
                view, view.segments().subList(0, count), view.readableEnd(count - 1), dirtyFrom, firstDirty));
    }

    private static boolean isOverdue(LogView view, int firstDirty, CompactionRules rules, long nowMs)
            throws IOException {
        Segment segment = view.segments().get(firstDirty);
        if (rules.maxLagMs() == Long.MAX_VALUE || !segment.retain()) {
            return false;
        }
        try {
            BatchCursor cursor = cursor(view, firstDirty);
            return cursor.next() && nowMs - cursor.header().maxTimestamp() > rules.maxLagMs();
        } finally {
            segment.release();
        }
    }

    /** All batches of a segment. */
    BatchCursor cursor(int i) {
        return cursor(view, i);
    }

    private static BatchCursor cursor(LogView view, int i) {
        return new BatchCursor(view.segments().get(i), IndexBlock.Entry.START, view.readableBytes(i));
    }
}
