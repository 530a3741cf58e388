package io.polylog.log;

import io.polylog.record.BatchHeader;
import io.polylog.record.InvalidBatchException;
import io.polylog.record.RecordBatch;
import io.polylog.record.RecordScan;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Walks the batches of a segment by their headers, and stops with STORAGE_FAILED at the first that cannot be one. The
 * caller holds the segment. Not thread-safe.
 */
final class BatchCursor {

    private static final int WINDOW_BYTES = 4096;

    private final Segment segment;
    private final int limit;
    private final ByteBuffer window;
    private int windowStart;
    private int position;
    private int nextPosition;
    private long nextOffset;
    private BatchHeader header =
            new BatchHeader(0, 0, 0, RecordBatch.MAGIC_V2, (short) 0, -1, Long.MIN_VALUE, RecordBatch.NO_PRODUCER_ID);

    /**
     * @param start an entry of the segment's index
     * @param limit end of what may be read, in bytes; a batch ends there
     */
    BatchCursor(Segment segment, IndexBlock.Entry start, int limit) {
        this(segment, start.position(), segment.baseOffset() + start.relativeOffset(), limit);
    }

    /** @param offset base offset of the batch at {@code position} */
    BatchCursor(Segment segment, int position, long offset, int limit) {
        this.segment = segment;
        this.limit = limit;
        this.position = position;
        this.nextPosition = position;
        this.nextOffset = offset;
        this.window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
    }

    /** Moves to the next batch; false at the limit. */
    boolean next() throws IOException {
        if (nextPosition == limit) {
            return false;
        }
        if (limit - nextPosition < RecordBatch.OVERHEAD) {
            throw segment.corrupt(nextPosition, "only " + (limit - nextPosition) + " bytes left for a record batch");
        }
        int inWindow = nextPosition - windowStart;
        if (inWindow < 0 || inWindow + RecordBatch.OVERHEAD > window.limit()) {
            window.clear().limit(Math.min(WINDOW_BYTES, limit - nextPosition));
            segment.read(window, nextPosition);
            windowStart = nextPosition;
            inWindow = 0;
        }
        BatchHeader found = BatchHeader.read(window, inWindow);
        if (found.magic() != RecordBatch.MAGIC_V2
                || found.sizeInBytes() < RecordBatch.OVERHEAD
                || found.sizeInBytes() > limit - nextPosition
                || !segment.mayFollow(nextOffset, found.baseOffset())
                || found.lastOffsetDelta() < 0) {
            throw segment.corrupt(nextPosition, "no record batch of offset " + nextOffset + " but " + found);
        }
        header = found;
        position = nextPosition;
        nextPosition += found.sizeInBytes();
        nextOffset = found.lastOffset() + 1;
        return true;
    }

    BatchHeader header() {
        return header;
    }

    /** Where the present batch begins. */
    int position() {
        return position;
    }

    /** Where the present batch ends. */
    int nextPosition() {
        return nextPosition;
    }

    /** One past the present batch's last offset. */
    long nextOffset() {
        return nextOffset;
    }

    /** What is done with a batch. */
    interface Look {
        void into(RecordBatch batch) throws IOException;
    }

    /** Reads the present batch, checks its CRC, and looks into it. */
    void look(Look look) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(header.sizeInBytes());
        segment.read(bytes, position);
        try {
            RecordBatch batch = new RecordBatch(bytes.flip());
            if (!batch.hasValidCrc()) {
                throw segment.corrupt(position, "record batch fails its CRC");
            }
            look.into(batch);
        } catch (InvalidBatchException unreadable) {
            throw segment.corrupt(position, String.valueOf(unreadable.getMessage()));
        }
    }

    /** Shows the times of the present batch's records, once its CRC has been checked. */
    void times(RecordScan.TimesVisitor visitor) throws IOException {
        look(batch -> RecordScan.times(batch, visitor));
    }
}
