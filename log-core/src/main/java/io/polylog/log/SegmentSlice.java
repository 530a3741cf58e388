package io.polylog.log;

import io.polylog.broker.LogSlice;
import io.polylog.record.RecordBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** A range of a segment that begins and ends with a batch. Holds the segment until it is closed. */
final class SegmentSlice implements LogSlice {

    private final Segment segment;
    private final long firstOffset;
    private final long endOffset;
    private final int position;
    private final int size;
    private boolean closed;

    /** Takes over the caller's hold on {@code segment}; {@code end} is where a later batch begins, or will. */
    SegmentSlice(Segment segment, BatchPlace first, BatchPlace end) {
        this.segment = segment;
        this.firstOffset = first.offset();
        this.endOffset = end.offset();
        this.position = first.position();
        this.size = end.position() - first.position();
    }

    @Override
    public int sizeInBytes() {
        return size;
    }

    @Override
    public long endOffset() {
        return endOffset;
    }

    @Override
    public long offsetCount() {
        return endOffset - firstOffset;
    }

    @Override
    public long transferTo(WritableByteChannel target, long from, long count) throws IOException {
        checkOpen();
        if (from < 0 || count < 0 || from + count > size) {
            throw new IndexOutOfBoundsException(count + " bytes from " + from + " of a slice of " + size);
        }
        try {
            return segment.data().transferTo(position + from, count, target);
        } catch (IOException failed) {
            // It may have failed on either side. The next reader asks the disk first, and hears where it cannot be
            // read,
            // rather than have its connection cut as well.
            segment.unproved().add(position, position + size);
            throw failed;
        }
    }

    /** @throws io.polylog.broker.RefusedException STORAGE_FAILED if a batch fails its CRC, or bears another offset */
    @Override
    public ByteBuffer toBuffer() throws IOException {
        checkOpen();
        ByteBuffer bytes = ByteBuffer.allocate(size);
        segment.read(bytes, position);
        bytes.flip();
        long offset = firstOffset;
        int at = 0;
        while (at < size) {
            RecordBatch batch = BatchCheck.at(segment, bytes, at, position + at, offset);
            offset = batch.lastOffset() + 1;
            at += batch.sizeInBytes();
        }
        return bytes;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try {
                segment.release();
            } catch (IOException failed) {
                // Nothing was written through this handle that is not covered by a force of its own; only the
                // descriptor's end is reported here.
                throw new UncheckedIOException("cannot close segment " + segment, failed);
            }
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the slice of " + segment + " is closed");
        }
    }
}
