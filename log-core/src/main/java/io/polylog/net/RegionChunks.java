package io.polylog.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.FileRegion;
import io.netty.handler.stream.ChunkedInput;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * A piece of a file, read by chunks as fast as the peer takes them. Owned by the connection's event loop; lets go of the
 * region when it is sent, or will not be.
 */
final class RegionChunks implements ChunkedInput<ByteBuf> {

    /** Some TLS records: a chunk is in memory twice while it is encrypted. */
    static final int CHUNK_BYTES = 64 << 10;

    private final FileRegion region;
    private long position;

    RegionChunks(FileRegion region) {
        this.region = region;
    }

    @Override
    public boolean isEndOfInput() {
        return position >= region.count();
    }

    @Override
    public void close() {
        region.release();
    }

    @Override
    @Deprecated // of Netty's interface
    public ByteBuf readChunk(ChannelHandlerContext context) throws IOException {
        return readChunk(context.alloc());
    }

    @Override
    public ByteBuf readChunk(ByteBufAllocator allocator) throws IOException {
        int count = (int) Math.min(CHUNK_BYTES, region.count() - position);
        ByteBuf chunk = allocator.buffer(count, count);
        try (Filling filling = new Filling(chunk)) {
            while (chunk.isWritable()) {
                long moved = region.transferTo(filling, position);
                if (moved <= 0) {
                    throw new EOFException("the file ends " + chunk.writableBytes() + " bytes early");
                }
                position += moved;
            }
            return chunk;
        } catch (IOException | RuntimeException failure) {
            chunk.release();
            throw failure;
        }
    }

    @Override
    public long length() {
        return region.count();
    }

    @Override
    public long progress() {
        return position;
    }

    /** Takes what a buffer has room for, and no more. */
    private record Filling(ByteBuf buffer) implements WritableByteChannel {

        @Override
        public int write(ByteBuffer source) {
            int count = Math.min(source.remaining(), buffer.writableBytes());
            buffer.writeBytes(source.slice(source.position(), count));
            source.position(source.position() + count);
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
