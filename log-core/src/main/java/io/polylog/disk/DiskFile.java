package io.polylog.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** An open file. Reads may come from any thread; writes, truncation and force from one thread at a time. */
public interface DiskFile extends AutoCloseable {

    /**
     * Writes all remaining bytes at {@code position}, or throws; on an exception an unknown part has been written.
     *
     * @throws NoSpaceException if there is no room
     */
    void write(ByteBuffer source, long position) throws IOException;

    /** Fills {@code target} from {@code position} on until it is full or the file ends; returns the bytes read. */
    int read(ByteBuffer target, long position) throws IOException;

    /** Makes the content written so far, and the size, survive a crash. */
    void force() throws IOException;

    void truncate(long size) throws IOException;

    long size() throws IOException;

    /**
     * Moves bytes to {@code target} without copying them through the heap where the platform can; returns how many, which
     * may be fewer than wanted.
     */
    long transferTo(long position, long count, WritableByteChannel target) throws IOException;

    /** From now on it can be read until it is closed, even if its name is deleted. */
    default void keepOpen() throws IOException {}

    @Override
    void close() throws IOException;
}
