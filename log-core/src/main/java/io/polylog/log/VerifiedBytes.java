package io.polylog.log;

import io.polylog.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which bytes of a segment have been proved by their CRCs in this process. What it wrote itself counts as proved; what it
 * found at start is proved when it is first read, so that no batch that changed on disk meanwhile goes out by a file
 * transfer, which looks at nothing. Any thread; the caller holds the segment.
 */
final class VerifiedBytes {

    private static final int WINDOW_BYTES = 1 << 20;

    private final TreeMap<Integer, Integer> runs = new TreeMap<>();
    private volatile int foundBytes;

    /** The first {@code bytes} of the segment were found on disk. */
    void found(int bytes) {
        foundBytes = bytes;
    }

    /**
     * Proves batches, unless that was done before.
     *
     * @param first offset and position of the first
     * @param end where the last ends
     * @throws io.polylog.broker.RefusedException STORAGE_FAILED with file and position if one is not what it was
     */
    void prove(Segment segment, BatchPlace first, int end, LeaderEpochs epochs) throws IOException {
        if (first.position() < foundBytes && !isProved(first.position(), end)) {
            check(segment, first, end, epochs);
            proved(first.position(), end);
        }
    }

    /**
     * Proves batches, as {@link #prove}, whatever was proved before.
     *
     * @return the offset after the last
     */
    static long check(Segment segment, BatchPlace first, int end, LeaderEpochs epochs) throws IOException {
        int position = first.position();
        long offset = first.offset();
        while (position < end) {
            ByteBuffer window = ByteBuffer.allocate(Math.min(end - position, WINDOW_BYTES));
            if (window.capacity() < RecordBatch.OVERHEAD) {
                throw segment.corrupt(position, "only " + window.capacity() + " bytes left for a record batch");
            }
            segment.read(window, position);
            window.flip();
            int size = RecordBatch.sizeAt(window, 0);
            if (size > window.limit() && size <= end - position) {
                window = ByteBuffer.allocate(size);
                segment.read(window, position);
                window.flip();
            }
            int at = 0;
            do {
                RecordBatch batch = BatchCheck.at(segment, window, at, position, offset);
                if (batch.leaderEpoch() != epochs.at(offset)) {
                    throw segment.corrupt(
                            position,
                            "record batch of leader epoch " + batch.leaderEpoch() + ", not " + epochs.at(offset));
                }
                at += batch.sizeInBytes();
                position += batch.sizeInBytes();
                offset = batch.lastOffset() + 1;
            } while (BatchCheck.isWholeAt(window, at));
        }
        return offset;
    }

    private synchronized boolean isProved(int start, int end) {
        Map.Entry<Integer, Integer> run = runs.floorEntry(start);
        return run != null && run.getValue() >= Math.min(end, foundBytes);
    }

    private synchronized void proved(int start, int end) {
        int from = start;
        int to = end;
        Map.Entry<Integer, Integer> before = runs.floorEntry(from);
        if (before != null && before.getValue() >= from) {
            from = before.getKey();
            to = Math.max(to, before.getValue());
        }
        Map.Entry<Integer, Integer> next;
        while ((next = runs.ceilingEntry(from)) != null && next.getKey() <= to) {
            to = Math.max(to, next.getValue());
            runs.remove(next.getKey());
        }
        runs.put(from, to);
        if (from == 0 && to >= foundBytes) {
            foundBytes = 0; // all of it
            runs.clear();
        }
    }
}
