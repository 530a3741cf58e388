package io.polylog.engine;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The last five batches of one idempotent producer in one partition: enough to recognise each batch that Kafka's
 * producer may send again, and to notice a gap (KIP-98). Apply thread.
 *
 * <p>Stored as int16 epoch, int64 time of the last batch, int8 count, then for each batch int32 base sequence, int32
 * last sequence, int64 base offset, int64 append time.
 */
final class ProducerWindow {

    /** Batches remembered: a producer has at most this many in flight. */
    static final int BATCHES = 5;

    private static final int BATCH_BYTES = 24;

    /** One batch as it was taken. */
    record Taken(int baseSequence, int lastSequence, long baseOffset, long appendTimeMs) {}

    private final Deque<Taken> batches = new ArrayDeque<>(BATCHES);
    private short epoch;
    private long lastTimeMs;

    ProducerWindow(short epoch) {
        this.epoch = epoch;
    }

    /**
     * Checks that the batch may be appended now.
     *
     * @return how it was taken before, if it is a repetition of one of the last five; otherwise null
     * @throws RefusedException {@code STALE_PRODUCER_EPOCH}, {@code DUPLICATE_SEQUENCE} for a repetition of an older
     *     one, {@code OUT_OF_ORDER_SEQUENCE}
     */
    @Nullable
    Taken check(RecordBatch batch) {
        checkEpoch(batch.producerId(), batch.producerEpoch());
        if (batch.producerEpoch() > epoch) {
            if (batch.baseSequence() != 0) {
                throw outOfOrder(batch, 0);
            }
            return null;
        }
        for (Taken taken : batches) {
            if (taken.baseSequence() == batch.baseSequence() && taken.lastSequence() == batch.lastSequence()) {
                return taken;
            }
        }
        Taken last = batches.peekLast();
        if (last == null) { // a marker has begun this epoch, and its sequences begin too
            if (batch.baseSequence() != 0) {
                throw outOfOrder(batch, 0);
            }
            return null;
        }
        int expected = last.lastSequence() == Integer.MAX_VALUE ? 0 : last.lastSequence() + 1;
        if (batch.baseSequence() == expected) {
            return null;
        }
        Taken first = batches.getFirst();
        if (isBefore(batch.lastSequence(), first.baseSequence())) {
            throw new RefusedException(
                    Refusal.DUPLICATE_SEQUENCE,
                    "producer " + batch.producerId() + " repeats sequence " + batch.baseSequence()
                            + ", which lies before the last " + BATCHES + " batches");
        }
        throw outOfOrder(batch, expected);
    }

    /**
     * @throws RefusedException {@code STALE_PRODUCER_EPOCH}
     */
    void checkEpoch(long producerId, short producerEpoch) {
        if (producerEpoch < epoch) {
            throw new RefusedException(
                    Refusal.STALE_PRODUCER_EPOCH,
                    "producer " + producerId + " has epoch " + epoch + ", not " + producerEpoch);
        }
    }

    /** Whether {@code a} comes before {@code b} in a sequence space that wraps at 2^31. */
    private static boolean isBefore(int a, int b) {
        return a != b && ((b - a) & Integer.MAX_VALUE) < (1 << 30);
    }

    private static RefusedException outOfOrder(RecordBatch batch, int expected) {
        return new RefusedException(
                Refusal.OUT_OF_ORDER_SEQUENCE,
                "producer " + batch.producerId() + " sent sequence " + batch.baseSequence() + " where " + expected
                        + " was expected");
    }

    void took(RecordBatch batch, long baseOffset, long timeMs) {
        if (batch.producerEpoch() != epoch) {
            epoch = batch.producerEpoch();
            batches.clear();
        }
        if (batches.size() == BATCHES) {
            batches.removeFirst();
        }
        batches.addLast(new Taken(batch.baseSequence(), batch.lastSequence(), baseOffset, timeMs));
        lastTimeMs = timeMs;
    }

    /** Offset of the last record; empty if it has none, since it waits for its time. */
    OptionalLong lastOffset() {
        Taken last = batches.peekLast();
        return last == null || last.baseOffset() < 0
                ? OptionalLong.empty()
                : OptionalLong.of(
                        last.baseOffset() + ((last.lastSequence() - last.baseSequence()) & Integer.MAX_VALUE));
    }

    /** A transaction was ended under this epoch; a later one begins to count anew. */
    void marked(short producerEpoch, long timeMs) {
        if (producerEpoch != epoch) {
            epoch = producerEpoch;
            batches.clear();
        }
        lastTimeMs = timeMs;
    }

    short epoch() {
        return epoch;
    }

    /** Sequence number of the last record taken in this epoch, or -1. */
    int lastSequence() {
        Taken last = batches.peekLast();
        return last == null ? -1 : last.lastSequence();
    }

    /** When the producer last appended, by the time of the entry. */
    long lastTimeMs() {
        return lastTimeMs;
    }

    byte[] encode() {
        ByteBuffer value = ByteBuffer.allocate(Short.BYTES + Long.BYTES + 1 + batches.size() * BATCH_BYTES);
        value.putShort(epoch).putLong(lastTimeMs).put((byte) batches.size());
        for (Taken taken : batches) {
            value.putInt(taken.baseSequence()).putInt(taken.lastSequence());
            value.putLong(taken.baseOffset()).putLong(taken.appendTimeMs());
        }
        return value.array();
    }

    static ProducerWindow decode(byte[] bytes) {
        ByteBuffer value = ByteBuffer.wrap(bytes);
        ProducerWindow window = new ProducerWindow(value.getShort());
        window.lastTimeMs = value.getLong();
        int count = value.get();
        for (int i = 0; i < count; i++) {
            window.batches.addLast(new Taken(value.getInt(), value.getInt(), value.getLong(), value.getLong()));
        }
        return window;
    }
}
