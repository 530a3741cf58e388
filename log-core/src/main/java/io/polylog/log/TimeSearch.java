package io.polylog.log;

import io.polylog.broker.Fetcher.TimedOffset;
import io.polylog.log.IndexBlock.Entry;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks in one segment for records by their timestamps, which need not be in order. The index says from where on a timestamp
 * may be found; batches whose header says that they cannot have it are passed over, others are looked into record by record.
 * Used once, by one thread, which holds the segment.
 */
final class TimeSearch {

    private final LogView view;
    private final int number;
    private final Segment segment;
    private @Nullable TimedOffset found;

    /**
     * @param number of the segment in the view
     */
    TimeSearch(LogView view, int number) {
        this.view = view;
        this.number = number;
        this.segment = view.segments().get(number);
    }

    /** The first record of the log whose timestamp is at or after {@code timestampMs}. */
    Optional<TimedOffset> firstAtOrAfter(long timestampMs) throws IOException {
        Entry start = segment.index().floor(entry -> entry.maxTimestampBefore() < timestampMs);
        if (start.position() >= view.readableBytes(number)) {
            return Optional.empty();
        }
        BatchCursor cursor = new BatchCursor(segment, start, view.readableBytes(number));
        while (found == null && cursor.next()) {
            if (cursor.header().maxTimestamp() >= timestampMs) {
                lookInto(cursor, timestampMs);
            }
        }
        return Optional.ofNullable(found);
    }

    /** The record of the log with the largest timestamp; the first of those that share it. */
    Optional<TimedOffset> firstOfLargest() throws IOException {
        if (segment.baseOffset() >= view.logStart()) {
            return firstAtOrAfter(view.maxTimestamp(number));
        }
        // The largest may lie before the log's start: walk what follows it.
        long relative = view.logStart() - segment.baseOffset();
        Entry start = segment.index().floor(entry -> entry.relativeOffset() <= relative);
        if (start.position() >= view.readableBytes(number)) {
            return Optional.empty();
        }
        BatchCursor cursor = new BatchCursor(segment, start, view.readableBytes(number));
        TimedOffset best = null;
        while (cursor.next()) {
            boolean mayBeBetter = best == null || cursor.header().maxTimestamp() > best.timestampMs();
            if (cursor.nextOffset() > view.logStart() && mayBeBetter) {
                best = better(cursor, best);
            }
        }
        return Optional.ofNullable(best);
    }

    private @Nullable TimedOffset better(BatchCursor cursor, @Nullable TimedOffset best) throws IOException {
        found = best;
        cursor.times((offset, timestampMs) -> {
            TimedOffset before = found;
            if (offset >= view.logStart() && (before == null || timestampMs > before.timestampMs())) {
                found = new TimedOffset(offset, timestampMs, cursor.header().leaderEpoch());
            }
            return true;
        });
        return found;
    }

    private void lookInto(BatchCursor cursor, long timestampMs) throws IOException {
        cursor.times((offset, recordMs) -> {
            if (offset >= view.logStart() && recordMs >= timestampMs) {
                found = new TimedOffset(offset, recordMs, cursor.header().leaderEpoch());
            }
            return found == null;
        });
    }
}
