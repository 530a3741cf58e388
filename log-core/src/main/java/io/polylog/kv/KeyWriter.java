package io.polylog.kv;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;

/**
 * Builds composite keys whose order as unsigned bytes is the order of their parts: fixed-width big-endian numbers, from 0
 * up. Text is preceded by its length, so that no text is a prefix of another part's bytes; it groups equal texts
 * together but does not sort alphabetically. Not thread-safe.
 */
public final class KeyWriter {

    private ByteBuffer buffer = ByteBuffer.allocate(64);

    /** Sixteen bytes, ordered as unsigned. */
    public KeyWriter uuid(UUID value) {
        ensure(16).putLong(value.getMostSignificantBits()).putLong(value.getLeastSignificantBits());
        return this;
    }

    /** One byte, for example to tell kinds of entry apart. */
    public KeyWriter int8(int value) {
        ensure(1).put((byte) value);
        return this;
    }

    /** Four bytes; negative values sort after positive ones. */
    public KeyWriter int32(int value) {
        ensure(4).putInt(value);
        return this;
    }

    /** Eight bytes; negative values sort after positive ones. */
    public KeyWriter int64(long value) {
        ensure(8).putLong(value);
        return this;
    }

    /** A four-byte length and the UTF-8 bytes. */
    public KeyWriter text(String value) {
        byte[] bytes = value.getBytes(UTF_8);
        ensure(4 + bytes.length).putInt(bytes.length).put(bytes);
        return this;
    }

    public byte[] toBytes() {
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    /**
     * The smallest key greater than every key that begins with {@code prefix}: the exclusive end of a scan over it.
     *
     * @param prefix not made of 0xFF bytes only
     */
    public static byte[] endOfPrefix(byte[] prefix) {
        int last = prefix.length - 1;
        while (last >= 0 && prefix[last] == (byte) 0xFF) {
            last--;
        }
        if (last < 0) {
            throw new IllegalArgumentException("no key follows every key of this prefix");
        }
        byte[] end = Arrays.copyOf(prefix, last + 1);
        end[last]++;
        return end;
    }

    private ByteBuffer ensure(int count) {
        if (buffer.remaining() < count) {
            ByteBuffer larger = ByteBuffer.allocate(Math.max(buffer.capacity() * 2, buffer.position() + count));
            buffer = larger.put(buffer.flip());
        }
        return buffer;
    }
}
