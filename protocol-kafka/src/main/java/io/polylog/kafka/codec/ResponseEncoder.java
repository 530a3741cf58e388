package io.polylog.kafka.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * Writes a response: length, response header, body. Record fields that are slices of the log are cut out of the buffer
 * and become {@link SliceRegion}s between its pieces; everything else lies in one buffer of the exact size.
 */
public final class ResponseEncoder {

    private static final int LENGTH_BYTES = 4;

    private ResponseEncoder() {}

    /** An encoded response: pieces for Netty, in order, and how many bytes they are on the wire. */
    public record Encoded(List<Object> pieces, long sizeInBytes) {}

    /**
     * Encodes a response. The pieces, and the slices in them, belong to the caller; if this throws, everything the body
     * held has still to be discarded.
     */
    public static Encoded encode(Request request, ApiMessage body, ByteBufAllocator allocator) {
        short version = request.version();
        short headerVersion = request.key().responseHeaderVersion(version);
        ResponseHeaderData header =
                new ResponseHeaderData().setCorrelationId(request.header().correlationId());
        ObjectSerializationCache cache = new ObjectSerializationCache();
        MessageSizeAccumulator size = new MessageSizeAccumulator();
        header.addSize(size, cache, headerVersion);
        body.addSize(size, cache, version);

        // Exact, unless records lie in memory: those count as zero-copy there, and make the buffer grow here.
        ByteBuf buffer = allocator.buffer(LENGTH_BYTES + size.sizeExcludingZeroCopy());
        Pieces pieces = new Pieces(buffer);
        try {
            buffer.writeInt(size.totalSize());
            header.write(pieces, cache, headerVersion);
            body.write(pieces, cache, version);
        } catch (Throwable failure) {
            buffer.release();
            throw failure;
        }
        return new Encoded(pieces.finish(), LENGTH_BYTES + (long) size.totalSize());
    }

    /** Releases pieces that nobody will send. */
    public static void release(List<Object> pieces) {
        pieces.forEach(ReferenceCountUtil::safeRelease);
    }

    /** Collects the cuts while the message writes itself; regions are made only when nothing can fail any more. */
    private static final class Pieces implements Writable {
        private final ByteBuf buffer;
        private final List<SliceRecords> slices = new ArrayList<>(1);
        private final List<Integer> cuts = new ArrayList<>(1);

        Pieces(ByteBuf buffer) {
            this.buffer = buffer;
        }

        List<Object> finish() {
            if (slices.isEmpty()) {
                return List.of(buffer);
            }
            List<Object> pieces = new ArrayList<>(2 * slices.size() + 1);
            for (int i = 0; i < slices.size(); i++) {
                pieces.add(buffer.readRetainedSlice(cuts.get(i) - buffer.readerIndex()));
                pieces.add(new SliceRegion(slices.get(i).slice()));
            }
            if (buffer.isReadable()) {
                pieces.add(buffer);
            } else {
                buffer.release();
            }
            return pieces;
        }

        @Override
        public void writeRecords(BaseRecords records) {
            if (records instanceof SliceRecords slice) {
                slices.add(slice);
                cuts.add(buffer.writerIndex());
            } else if (records instanceof MemoryRecords memory) {
                buffer.writeBytes(memory.buffer());
            } else {
                throw new IllegalStateException("records of " + records.getClass());
            }
        }

        @Override
        public void writeByte(byte value) {
            buffer.writeByte(value);
        }

        @Override
        public void writeShort(short value) {
            buffer.writeShort(value);
        }

        @Override
        public void writeInt(int value) {
            buffer.writeInt(value);
        }

        @Override
        public void writeLong(long value) {
            buffer.writeLong(value);
        }

        @Override
        public void writeDouble(double value) {
            buffer.writeDouble(value);
        }

        @Override
        public void writeByteArray(byte[] bytes) {
            buffer.writeBytes(bytes);
        }

        @Override
        public void writeByteBuffer(ByteBuffer bytes) {
            buffer.writeBytes(bytes.duplicate());
        }

        @Override
        public void writeUnsignedVarint(int value) {
            int rest = value;
            while ((rest & ~0x7F) != 0) {
                buffer.writeByte((rest & 0x7F) | 0x80);
                rest >>>= 7;
            }
            buffer.writeByte(rest);
        }

        @Override
        public void writeVarint(int value) {
            writeUnsignedVarint((value << 1) ^ (value >> 31));
        }

        @Override
        public void writeVarlong(long value) {
            long rest = (value << 1) ^ (value >> 63);
            while ((rest & ~0x7FL) != 0) {
                buffer.writeByte((int) (rest & 0x7F) | 0x80);
                rest >>>= 7;
            }
            buffer.writeByte((int) rest);
        }
    }
}
