package io.polylog.kafka.codec;

import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Readable;

/**
 * Reads the fields of one request, up to a number of them. An element of an array may be a byte or two on the wire and
 * dozens in memory, so that without this bound one request of the longest allowed size could fill the heap. Records are
 * one field, however many there are. Owned by whoever parses.
 */
final class FieldReader implements Readable {

    /** Fields of one request: enough for the metadata of 200,000 topics or a fetch of 100,000 partitions. */
    static final int MAX_FIELDS = 1 << 20;

    private final ByteBufferAccessor in;
    private int left;

    FieldReader(ByteBuffer in) {
        this(new ByteBufferAccessor(in), MAX_FIELDS);
    }

    private FieldReader(ByteBufferAccessor in, int left) {
        this.in = in;
        this.left = left;
    }

    private ByteBufferAccessor next() {
        if (left == 0) {
            throw new MalformedRequestException("a request of more than " + MAX_FIELDS + " fields");
        }
        left--;
        return in;
    }

    @Override
    public byte readByte() {
        return next().readByte();
    }

    @Override
    public short readShort() {
        return next().readShort();
    }

    @Override
    public int readInt() {
        return next().readInt();
    }

    @Override
    public long readLong() {
        return next().readLong();
    }

    @Override
    public double readDouble() {
        return next().readDouble();
    }

    @Override
    public byte[] readArray(int length) {
        return next().readArray(length);
    }

    @Override
    public int readUnsignedVarint() {
        return next().readUnsignedVarint();
    }

    @Override
    public ByteBuffer readByteBuffer(int length) {
        return next().readByteBuffer(length);
    }

    @Override
    public int readVarint() {
        return next().readVarint();
    }

    @Override
    public long readVarlong() {
        return next().readVarlong();
    }

    /** What an array may announce at most: the generated readers make room for it before they read its elements. */
    @Override
    public int remaining() {
        return Math.min(in.remaining(), left);
    }

    @Override
    public Readable slice() {
        return new FieldReader((ByteBufferAccessor) in.slice(), left);
    }
}
