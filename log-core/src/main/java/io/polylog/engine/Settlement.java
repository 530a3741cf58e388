package io.polylog.engine;

import java.nio.ByteBuffer;

/**
 * One outcome for a run of offsets. Written as int8 kind, int64 from, int64 to.
 *
 * @param from first offset, inclusive
 * @param to end, exclusive
 */
public record Settlement(Kind kind, long from, long to) {

    static final int BYTES = 1 + 2 * Long.BYTES;

    /** What becomes of the records. */
    public enum Kind {
        /** Done: archived. */
        ACCEPTED(0),
        /** Given back after a failed delivery, which is counted. */
        FAILED(1),
        /** Cannot be processed: archived. */
        REJECTED(2),
        /** Given back unharmed; that it was handed out is counted. */
        RELEASED(3);

        private final byte code;

        Kind(int code) {
            this.code = (byte) code;
        }

        static Kind of(byte code) {
            return switch (code) {
                case 0 -> ACCEPTED;
                case 1 -> FAILED;
                case 2 -> REJECTED;
                case 3 -> RELEASED;
                default -> throw new IllegalStateException("settlement of kind " + code + " is unknown");
            };
        }
    }

    public Settlement {
        if (from < 0 || to <= from) {
            throw new IllegalArgumentException("offsets " + from + " to " + to);
        }
    }

    void writeTo(ByteBuffer target) {
        target.put(kind.code).putLong(from).putLong(to);
    }

    static Settlement read(ByteBuffer source) {
        return new Settlement(Kind.of(source.get()), source.getLong(), source.getLong());
    }
}
