package io.polylog.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * One thing that a session keeps. Stored as a key of one byte for the kind and what tells the row from others of its kind,
 * and a value; big-endian:
 *
 * <pre>
 *  Subscription  1, filter (UTF-8)              -> options, opaque
 *  Position      2, topic id, int32 partition   -> int64 offset
 *  Delivery      3, int32 tag                   -> int64 order, topic id, int32 partition, int64 offset, int8 phase,
 *                                                  int8 flags, source (UTF-8)
 *  Receipt       4, int32 tag                   -> topic id, int32 partition, int64 sequence
 *  Sequences     5                              -> int64 first sequence that was never given
 * </pre>
 */
public sealed interface SessionRow {

    byte[] key();

    byte[] value();

    /**
     * A subscription.
     *
     * @param options opaque to all but its door
     */
    @SuppressWarnings("ArrayRecordComponent") // opaque bytes, never changed
    record Subscription(String filter, byte[] options) implements SessionRow {
        static final byte KIND = 1;

        @Override
        public byte[] key() {
            return keyOf(filter);
        }

        public static byte[] keyOf(String filter) {
            byte[] text = filter.getBytes(UTF_8);
            return ByteBuffer.allocate(1 + text.length).put(KIND).put(text).array();
        }

        @Override
        public byte[] value() {
            return options;
        }
    }

    /**
     * Where the session reads on in a partition.
     *
     * @param offset of the first record that it has not looked at
     */
    record Position(UUID topicId, int partition, long offset) implements SessionRow {
        static final byte KIND = 2;

        @Override
        public byte[] key() {
            return keyOf(topicId, partition);
        }

        public static byte[] keyOf(UUID topicId, int partition) {
            return ByteBuffer.allocate(1 + 16 + Integer.BYTES)
                    .put(KIND)
                    .putLong(topicId.getMostSignificantBits())
                    .putLong(topicId.getLeastSignificantBits())
                    .putInt(partition)
                    .array();
        }

        @Override
        public byte[] value() {
            return ByteBuffer.allocate(Long.BYTES).putLong(offset).array();
        }
    }

    /**
     * A record that was given to the client and is not settled.
     *
     * @param tag the client's name for it
     * @param order deliveries are given again in this order
     * @param phase how far its settlement has come; the door's own numbers
     * @param flags how it was given; the door's own bits
     * @param source what it came through, such as a share group; empty for the log itself
     */
    record Delivery(
            int tag, long order, UUID topicId, int partition, long offset, byte phase, byte flags, String source)
            implements SessionRow {
        static final byte KIND = 3;

        @Override
        public byte[] key() {
            return keyOf(tag);
        }

        public static byte[] keyOf(int tag) {
            return ByteBuffer.allocate(1 + Integer.BYTES).put(KIND).putInt(tag).array();
        }

        @Override
        public byte[] value() {
            byte[] text = source.getBytes(UTF_8);
            return ByteBuffer.allocate(Long.BYTES + 16 + Integer.BYTES + Long.BYTES + 2 + text.length)
                    .putLong(order)
                    .putLong(topicId.getMostSignificantBits())
                    .putLong(topicId.getLeastSignificantBits())
                    .putInt(partition)
                    .putLong(offset)
                    .put(phase)
                    .put(flags)
                    .put(text)
                    .array();
        }
    }

    /**
     * A record that the client publishes exactly once and has not released.
     *
     * @param tag the client's name for it
     * @param sequence by which the partition knows it, under the session's id
     */
    record Receipt(int tag, UUID topicId, int partition, long sequence) implements SessionRow {
        static final byte KIND = 4;

        @Override
        public byte[] key() {
            return keyOf(tag);
        }

        public static byte[] keyOf(int tag) {
            return ByteBuffer.allocate(1 + Integer.BYTES).put(KIND).putInt(tag).array();
        }

        @Override
        public byte[] value() {
            return ByteBuffer.allocate(16 + Integer.BYTES + Long.BYTES)
                    .putLong(topicId.getMostSignificantBits())
                    .putLong(topicId.getLeastSignificantBits())
                    .putInt(partition)
                    .putLong(sequence)
                    .array();
        }
    }

    /**
     * How far the session has counted what it publishes.
     *
     * @param unused every lower sequence may have been given to a record
     */
    record Sequences(long unused) implements SessionRow {
        static final byte KIND = 5;

        @Override
        public byte[] key() {
            return new byte[] {KIND};
        }

        @Override
        public byte[] value() {
            return ByteBuffer.allocate(Long.BYTES).putLong(unused).array();
        }
    }

    /**
     * Reads a row as it was stored.
     *
     * @throws IllegalStateException if the kind is not known
     */
    static SessionRow read(byte[] key, byte[] value) {
        ByteBuffer from = ByteBuffer.wrap(key);
        ByteBuffer body = ByteBuffer.wrap(value);
        byte kind = from.get();
        return switch (kind) {
            case Subscription.KIND -> new Subscription(new String(key, 1, key.length - 1, UTF_8), value);
            case Position.KIND -> new Position(new UUID(from.getLong(), from.getLong()), from.getInt(), body.getLong());
            case Delivery.KIND -> {
                int tag = from.getInt();
                long order = body.getLong();
                UUID topicId = new UUID(body.getLong(), body.getLong());
                int partition = body.getInt();
                long offset = body.getLong();
                byte phase = body.get();
                byte flags = body.get();
                String source = new String(value, body.position(), body.remaining(), UTF_8);
                yield new Delivery(tag, order, topicId, partition, offset, phase, flags, source);
            }
            case Receipt.KIND ->
                new Receipt(from.getInt(), new UUID(body.getLong(), body.getLong()), body.getInt(), body.getLong());
            case Sequences.KIND -> new Sequences(body.getLong());
            default -> throw new IllegalStateException("session row of kind " + kind + " is unknown");
        };
    }
}
