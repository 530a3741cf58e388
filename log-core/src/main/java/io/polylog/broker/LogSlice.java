package io.polylog.broker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Whole record batches as they lie in a segment file. While it is open the file stays, even if its segment is deleted.
 * Not thread-safe, but may be handed from thread to thread.
 */
public interface LogSlice extends AutoCloseable {

    int sizeInBytes();

    /** Offset behind its last batch; of no meaning if there is none. */
    long endOffset();

    /** How many offsets its batches cover: as many as they have records, but for offsets that hold none any more. */
    long offsetCount();

    /**
     * Moves bytes to {@code target} without copying them through the heap where the platform can ({@code sendfile}).
     *
     * @param from first byte, relative to the slice
     * @param count bytes wanted; at most {@code sizeInBytes() - from}
     * @return bytes moved, possibly fewer than wanted
     */
    long transferTo(WritableByteChannel target, long from, long count) throws IOException;

    /** A copy of the bytes, for readers that decode them, and for TLS. */
    ByteBuffer toBuffer() throws IOException;

    /** May be called more than once. */
    @Override
    void close();
}
