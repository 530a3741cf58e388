package io.polylog.log;

import io.polylog.broker.LogSlice;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** No batches; what a read at the high watermark finds. */
enum EmptySlice implements LogSlice {
    INSTANCE;

    @Override
    public int sizeInBytes() {
        return 0;
    }

    @Override
    public long endOffset() {
        return 0;
    }

    @Override
    public long offsetCount() {
        return 0;
    }

    @Override
    public long transferTo(WritableByteChannel target, long from, long count) {
        return 0;
    }

    @Override
    public ByteBuffer toBuffer() {
        return ByteBuffer.allocate(0);
    }

    @Override
    public void close() {}
}
