package io.polylog.amqp.message;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.apache.qpid.proton.codec.DecoderImpl;
import org.apache.qpid.proton.codec.EncoderImpl;
import org.apache.qpid.proton.codec.ReadableBuffer;
import org.apache.qpid.proton.codec.TypeConstructor;
import org.jspecify.annotations.Nullable;

/**
 * Reads one encoded message section by section. Values are decoded by Proton-J with its limits on nesting and on arrays
 * of nothing; sizes are checked against what is there before anything is allocated.
 *
 * <p>Owned by one thread; {@link #begin} starts over with other bytes. Malformed bytes throw {@link
 * MessageRefusedException} with {@code amqp:decode-error}.
 */
final class AmqpReader {
    private static final int MAX_DEPTH = 32;
    private static final byte[] NOTHING = {};

    private final DecoderImpl decoder = new DecoderImpl();
    private byte[] bytes = NOTHING;
    private ReadableBuffer buffer = ReadableBuffer.ByteBufferReader.wrap(NOTHING);

    AmqpReader() {
        new EncoderImpl(decoder); // registers the primitive types with the decoder
        decoder.setMaxDecodeDepth(MAX_DEPTH);
        decoder.setZeroWidthArrayElementLimit(0);
    }

    void begin(byte[] encoded) {
        bytes = encoded;
        buffer = ReadableBuffer.ByteBufferReader.wrap(ByteBuffer.wrap(encoded));
        decoder.setBuffer(buffer);
    }

    /** Lets go of the bytes. */
    void end() {
        begin(NOTHING);
    }

    boolean hasRemaining() {
        return buffer.hasRemaining();
    }

    int position() {
        return buffer.position();
    }

    byte[] slice(int from, int to) {
        return Arrays.copyOfRange(bytes, from, to);
    }

    /** Reads a descriptor; its value comes next. */
    Section section() {
        return guarded(() -> {
            if (buffer.get() != 0) {
                throw malformed("a message consists of described sections");
            }
            Object descriptor = decoder.readObject();
            if (descriptor instanceof UnsignedLong code) {
                return Section.ofCode(code.longValue());
            }
            if (descriptor instanceof Symbol symbol) {
                return Section.ofSymbol(symbol.toString());
            }
            throw malformed("a section's descriptor is an unsigned long or a symbol");
        });
    }

    /** The next value, whatever it is. */
    @Nullable
    Object value() {
        return guarded(decoder::readObject);
    }

    /** The next value, a list; null counts as empty. */
    List<?> list() {
        Object value = value();
        if (value == null) {
            return List.of();
        }
        if (value instanceof List<?> list) {
            return list;
        }
        throw malformed("a list is expected where another type stands");
    }

    /** The content of the next value, a binary, copied out. */
    byte[] binary() {
        return guarded(() -> {
            int code = buffer.get() & 0xff;
            int length = switch (code) {
                case 0xa0 -> buffer.get() & 0xff;
                case 0xb0 -> buffer.getInt();
                default -> throw malformed("a data section holds a binary");
            };
            if (length < 0 || length > buffer.remaining()) {
                throw malformed("a binary is longer than the message");
            }
            int from = buffer.position();
            buffer.position(from + length);
            return slice(from, from + length);
        });
    }

    /** The type code of the next value, which stays unread. */
    int peekType() {
        if (!buffer.hasRemaining()) {
            throw malformed("the message ends early");
        }
        return buffer.get(buffer.position()) & 0xff;
    }

    /** Steps over the next value, checking that it is well formed. */
    void skip() {
        guarded(() -> {
            TypeConstructor<?> constructor = decoder.readConstructor();
            if (constructor == null) {
                throw malformed("unknown type code");
            }
            constructor.skipValue();
            if (buffer.position() > bytes.length) {
                throw malformed("a value is longer than the message");
            }
            return true;
        });
    }

    /** The next value's own bytes, type code included. */
    byte[] rawValue() {
        int from = buffer.position();
        skip();
        return slice(from, buffer.position());
    }

    /**
     * Reads the frame of a map and answers how many pairs follow. Null counts as empty.
     *
     * <p>The caller reads that many keys and values; {@link #endMap} checks that the stated size was right.
     */
    MapFrame beginMap() {
        return guarded(() -> {
            int code = buffer.get() & 0xff;
            if (code == 0x40) {
                return new MapFrame(0, buffer.position());
            }
            int size;
            int end;
            int count;
            switch (code) {
                case 0xc1 -> {
                    size = buffer.get() & 0xff;
                    end = buffer.position() + size;
                    count = buffer.get() & 0xff;
                }
                case 0xd1 -> {
                    size = buffer.getInt();
                    end = buffer.position() + size;
                    count = buffer.getInt();
                }
                default -> throw malformed("a map is expected where another type stands");
            }
            // Every key and every value takes a byte at least, so the count cannot promise more than is there.
            if (size < 0 || end > bytes.length || end < 0 || count < 0 || count % 2 != 0 || count > size) {
                throw malformed("a map's size or count does not fit the message");
            }
            return new MapFrame(count / 2, end);
        });
    }

    void endMap(MapFrame map) {
        if (buffer.position() != map.end()) {
            throw malformed("a map's size does not match its content");
        }
    }

    /** Pairs in a map, and the position right after it. */
    record MapFrame(int pairs, int end) {}

    static MessageRefusedException malformed(String sentence) {
        return new MessageRefusedException(AmqpError.DECODE_ERROR, sentence);
    }

    /** Proton reports malformed input with several exceptions of the runtime; all of them mean the same here. */
    private static <T extends @Nullable Object> T guarded(Supplier<T> step) {
        try {
            return step.get();
        } catch (MessageRefusedException refused) {
            throw refused;
        } catch (RuntimeException malformed) {
            throw malformed("the message is not well-formed AMQP");
        }
    }
}
