package io.polylog.record;

import java.nio.ByteBuffer;
import org.apache.kafka.common.utils.internals.BufferSupplier;

/**
 * The buffers in which a thread unfolds one compressed batch after another. Those of the usual block sizes are kept, at most
 * one of each that a batch needs at a time; a larger one, which a client may choose, goes with its batch. Belongs to its thread.
 */
final class UnfoldingBuffers extends BufferSupplier {

    /** Largest buffer that is kept, in bytes: LZ4's usual block is 64 KiB, Zstandard's window 128 KiB. */
    private static final int MAX_KEPT_BYTES = 256 << 10;

    private static final ThreadLocal<UnfoldingBuffers> OF_THREADS = ThreadLocal.withInitial(UnfoldingBuffers::new);

    private final BufferSupplier kept = BufferSupplier.create();

    private UnfoldingBuffers() {}

    static UnfoldingBuffers ofThisThread() {
        return OF_THREADS.get();
    }

    @Override
    public ByteBuffer get(int capacity) {
        return capacity > MAX_KEPT_BYTES ? ByteBuffer.allocate(capacity) : kept.get(capacity);
    }

    @Override
    public void release(ByteBuffer buffer) {
        if (buffer.capacity() <= MAX_KEPT_BYTES) {
            kept.release(buffer);
        }
    }

    @Override
    public void close() {
        kept.close();
    }
}
