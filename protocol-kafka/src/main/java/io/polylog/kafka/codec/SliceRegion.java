package io.polylog.kafka.codec;

import io.netty.channel.FileRegion;
import io.netty.util.AbstractReferenceCounted;
import io.polylog.broker.LogSlice;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/**
 * A slice of the log in Netty's outbound queue: moved to the socket by the kernel where the platform can. Closes the
 * slice when Netty lets go of it, sent or not.
 */
final class SliceRegion extends AbstractReferenceCounted implements FileRegion {

    private final LogSlice slice;
    private final int count;
    private long transferred;

    /** Takes over the slice. */
    SliceRegion(LogSlice slice) {
        this.slice = slice;
        this.count = slice.sizeInBytes();
    }

    @Override
    public long position() {
        return 0;
    }

    @Override
    @Deprecated // misspelt in Netty's interface, and abstract there
    public long transfered() {
        return transferred;
    }

    @Override
    public long transferred() {
        return transferred;
    }

    @Override
    public long count() {
        return count;
    }

    @Override
    public long transferTo(WritableByteChannel target, long position) throws IOException {
        long rest = count - position;
        if (rest <= 0) {
            return 0;
        }
        long moved = slice.transferTo(target, position, rest);
        if (moved > 0) {
            transferred += moved;
        }
        return moved;
    }

    @Override
    protected void deallocate() {
        slice.close();
    }

    @Override
    public FileRegion retain() {
        super.retain();
        return this;
    }

    @Override
    public FileRegion retain(int increment) {
        super.retain(increment);
        return this;
    }

    @Override
    public FileRegion touch() {
        return this;
    }

    @Override
    public FileRegion touch(Object hint) {
        return this;
    }
}
