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
    private final int position;
    private final int size;
    private boolean closed;

    /** Takes over the caller's hold on {@code segment}. */
    SegmentSlice(Segment segment, int position, int size) {
        this.segment = segment;
        this.position = position;
        this.size = size;
    }

    @Override
    public int sizeInBytes() {
        return size;
    }

    @Override
    public long transferTo(WritableByteChannel target, long from, long count) throws IOException {
        checkOpen();
        if (from < 0 || count < 0 || from + count > size) {
            throw new IndexOutOfBoundsException(count + " bytes from " + from + " of a slice of " + size);
        }
        return segment.data().channel().transferTo(position + from, count, target);
    }

    /** @throws io.polylog.broker.RefusedException STORAGE_FAILED if a batch fails its CRC */
    @Override
    public ByteBuffer toBuffer() throws IOException {
        checkOpen();
        ByteBuffer bytes = ByteBuffer.allocate(size);
        segment.read(bytes, position);
        bytes.flip();
        int at = 0;
        while (at < size) {
            int left = size - at;
            int batchSize = left < RecordBatch.OVERHEAD ? 0 : RecordBatch.sizeAt(bytes, at);
            if (batchSize < RecordBatch.OVERHEAD || batchSize > left) {
                throw segment.corrupt(
                        (long) position + at, "record batch of " + batchSize + " bytes, " + left + " left");
            }
            if (!new RecordBatch(bytes.slice(at, batchSize)).hasValidCrc()) {
                throw segment.corrupt((long) position + at, "record batch fails its CRC");
            }
            at += batchSize;
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
