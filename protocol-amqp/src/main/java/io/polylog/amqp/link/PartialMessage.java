package io.polylog.amqp.link;

import java.util.Arrays;
import org.apache.qpid.proton.codec.ReadableBuffer;

/** A message as its transfers arrive. Holds no more than the bytes it has been given, and no more than the limit. */
final class PartialMessage {
    private static final byte[] NOTHING = {};

    private byte[] bytes = NOTHING;
    private int size;

    int size() {
        return size;
    }

    /** Appends what a transfer brought; the caller has checked the limit. */
    void append(ReadableBuffer chunk) {
        int more = chunk.remaining();
        if (size == 0) {
            // The usual case is one transfer: an array of the exact size, which needs no copying afterwards.
            bytes = new byte[more];
        } else if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, size + (size >> 1)));
        }
        chunk.get(bytes, size, more);
        size += more;
    }

    /** The whole message; this is empty afterwards. */
    byte[] take() {
        byte[] whole = size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
        clear();
        return whole;
    }

    void clear() {
        bytes = NOTHING;
        size = 0;
    }
}
