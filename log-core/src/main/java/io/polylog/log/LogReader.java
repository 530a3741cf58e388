package io.polylog.log;

import io.polylog.broker.Fetcher.TimedOffset;
import io.polylog.broker.LogRead;
import io.polylog.broker.LogSlice;
import io.polylog.broker.PartitionOffsets;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.record.TopicPartition;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** The reading half of a log: any thread, without locks, on the view that was published last. */
final class LogReader {

    private final TopicPartition partition;
    private final ReadHints hints = new ReadHints();
    private volatile LogView view;

    LogReader(TopicPartition partition, LogView view) {
        this.partition = partition;
        this.view = view;
    }

    /** Shows readers a newer view. */
    void show(LogView newer) {
        view = newer;
    }

    PartitionOffsets offsets() {
        return view.offsets();
    }

    Optional<EpochEnd> endOffsetForEpoch(int leaderEpoch) {
        LogView now = view;
        return now.epochs().endOf(leaderEpoch, now.highWatermark());
    }

    LogView view() {
        return view;
    }

    OptionalLong expiredEnd(long nowMs, long retentionMs, long retentionBytes) {
        return view.expiredEnd(nowMs, retentionMs, retentionBytes);
    }

    LogRead read(long offset, int maxBytes, boolean atLeastOneBatch) {
        return onView(now -> read(now, offset, now.highWatermark(), maxBytes, atLeastOneBatch));
    }

    LogRead readCommitted(long offset, int maxBytes, boolean atLeastOneBatch) {
        return onView(now -> read(now, offset, now.lastStable(), maxBytes, atLeastOneBatch));
    }

    /** Segments may go while we look: then there is a newer view without them. */
    private <T> T onView(Function<LogView, T> look) {
        LogView now = view;
        while (true) {
            try {
                return look.apply(now);
            } catch (RefusedException refused) {
                LogView newer = view;
                if (refused.refusal() != Refusal.CLOSED || newer.equals(now)) {
                    throw refused;
                }
                now = newer;
            }
        }
    }

    /**
     * @param upTo first offset of a batch that is not to be read, or the high watermark
     */
    private LogRead read(LogView now, long offset, long upTo, int maxBytes, boolean atLeastOneBatch) {
        if (offset < now.logStart() || offset > now.highWatermark()) {
            throw new RefusedException(
                    Refusal.OFFSET_OUT_OF_RANGE,
                    "offset " + offset + " of " + partition + " is not in " + now.logStart() + ".."
                            + now.highWatermark());
        }
        if (offset >= upTo) {
            return new LogRead(EmptySlice.INSTANCE, now.offsets());
        }
        int i = now.segmentOf(offset);
        while (true) {
            Optional<LogRead> found = readIn(now, i, offset, upTo, maxBytes, atLeastOneBatch);
            if (found.isPresent()) {
                return found.get();
            }
            if (++i == now.segments().size()) {
                return new LogRead(EmptySlice.INSTANCE, now.offsets());
            }
        }
    }

    /** Empty if the segment was compacted and has nothing from {@code offset} on. */
    private Optional<LogRead> readIn(
            LogView now, int i, long offset, long upTo, int maxBytes, boolean atLeastOneBatch) {
        return holding(now.segments().get(i), segment -> {
            Optional<BatchPlace> start = placeOf(segment, offset, now.readableBytes(i));
            if (start.isEmpty()) {
                return Optional.empty();
            }
            BatchPlace limit = limitOf(now, i, segment, upTo);
            BatchPlace end = endOf(now, segment, limit, start.get(), Math.max(0, maxBytes), atLeastOneBatch);
            segment.unproved().prove(segment, start.get(), end.position(), now.epochs());
            return Optional.of(new LogRead(slice(segment, start.get(), end), now.offsets()));
        });
    }

    private LogSlice slice(Segment segment, BatchPlace first, BatchPlace end) {
        if (first.position() == end.position()) {
            return EmptySlice.INSTANCE;
        }
        if (!segment.retain()) {
            throw closed();
        }
        return new SegmentSlice(segment, first, end);
    }

    /** The batch that contains {@code offset}, or the first after it where compaction took that. */
    private Optional<BatchPlace> placeOf(Segment segment, long offset, int limit) throws IOException {
        Optional<BatchPlace> hint = hints.find(offset, segment.name());
        if (hint.isPresent() && hint.get().position() < limit) {
            return hint;
        }
        long relative = offset - segment.baseOffset();
        BatchCursor cursor =
                new BatchCursor(segment, segment.index().floor(entry -> entry.relativeOffset() <= relative), limit);
        while (cursor.next()) {
            if (cursor.nextOffset() > offset) {
                return Optional.of(segment.place(cursor.header().baseOffset(), cursor.position()));
            }
        }
        if (segment.name().compacted()) {
            return Optional.empty();
        }
        throw segment.corrupt(limit, "the segment ends before offset " + offset);
    }

    /** Where reading has to stop in the i-th segment. */
    private BatchPlace limitOf(LogView now, int i, Segment segment, long upTo) throws IOException {
        BatchPlace end = segment.place(now.readableEnd(i), now.readableBytes(i));
        return upTo < end.offset() ? placeOf(segment, upTo, end.position()).orElse(end) : end;
    }

    /** End of the last whole batch within {@code maxBytes} of {@code first}. */
    private BatchPlace endOf(
            LogView now, Segment segment, BatchPlace last, BatchPlace first, int maxBytes, boolean atLeastOneBatch)
            throws IOException {
        int start = first.position();
        int limit = last.position();
        if (maxBytes >= limit - start) {
            if (last.offset() == now.highWatermark()) {
                hints.put(last);
            }
            return last;
        }
        int wanted = start + maxBytes;
        IndexBlock.Entry near = segment.index().floor(entry -> entry.position() <= wanted);
        BatchCursor cursor = near.position() >= start
                ? new BatchCursor(segment, near, limit)
                : new BatchCursor(segment, start, first.offset(), limit);
        BatchPlace end = near.position() >= start
                ? segment.place(segment.baseOffset() + near.relativeOffset(), near.position())
                : first;
        while (cursor.next()) {
            boolean needed = atLeastOneBatch && end.position() == start;
            if (cursor.nextPosition() > wanted && !needed) {
                break;
            }
            end = segment.place(cursor.nextOffset(), cursor.nextPosition());
            hints.put(end);
        }
        return end;
    }

    Optional<TimedOffset> offsetForTime(long timestampMs) {
        return onView(now -> offsetForTime(now, timestampMs));
    }

    private Optional<TimedOffset> offsetForTime(LogView now, long timestampMs) {
        for (int i = 0; i < now.segments().size(); i++) {
            if (now.maxTimestamp(i) >= timestampMs) {
                TimeSearch search = new TimeSearch(now, i);
                Optional<TimedOffset> found =
                        holding(now.segments().get(i), segment -> search.firstAtOrAfter(timestampMs));
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    Optional<TimedOffset> offsetOfMaxTimestamp() {
        return onView(this::offsetOfMaxTimestamp);
    }

    private Optional<TimedOffset> offsetOfMaxTimestamp(LogView now) {
        // Of the first segment only what follows the log's start counts; other segments know their largest.
        Optional<TimedOffset> best = holding(now.segments().get(0), segment -> new TimeSearch(now, 0).firstOfLargest());
        long largest = best.map(TimedOffset::timestampMs).orElse(Long.MIN_VALUE);
        int in = 0;
        for (int i = 1; i < now.segments().size(); i++) {
            if (now.maxTimestamp(i) > largest) {
                largest = now.maxTimestamp(i);
                in = i;
            }
        }
        if (in == 0) {
            return best;
        }
        TimeSearch search = new TimeSearch(now, in);
        return holding(now.segments().get(in), segment -> search.firstOfLargest());
    }

    private interface Reading<T> {
        T from(Segment segment) throws IOException;
    }

    private <T> T holding(Segment segment, Reading<T> reading) {
        if (!segment.retain()) {
            throw closed();
        }
        try {
            try {
                return reading.from(segment);
            } finally {
                segment.release();
            }
        } catch (IOException failed) {
            throw new RefusedException(Refusal.STORAGE_FAILED, "cannot read " + partition + ": " + failed.getMessage());
        }
    }

    private RefusedException closed() {
        return new RefusedException(Refusal.CLOSED, "the log of " + partition + " is closed");
    }
}
