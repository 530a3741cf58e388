package io.polylog.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** An open file. Reads may come from any thread; writes, truncation and force from one thread at a time. */
public interface DiskFile extends AutoCloseable {

    /** Writes all remaining bytes at {@code position}, or throws; on an exception an unknown part has been written. */
    void write(ByteBuffer source, long position) throws IOException;

    /** Fills {@code target} from {@code position} on until it is full or the file ends; returns the bytes read. */
    int read(ByteBuffer target, long position) throws IOException;

    /** Makes the content written so far, and the size, survive a crash. */
    void force() throws IOException;

    void truncate(long size) throws IOException;

    long size() throws IOException;

    /** For reading and transferring only; closed with this file. */
    FileChannel channel();

    @Override
    void close() throws IOException;
}
