package io.polylog.engine;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.record.EndMarker;
import io.polylog.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The producers that have written in transactions to one partition: which transactions are open, and how each producer's
 * last one was ended (KIP-98). Family {@code open-transactions}: key topic id, int32 partition, int64 producer id; value
 * int64 first offset of the open transaction or -1, int64 offset of the last marker or -1, int16 producer epoch of
 * either, int32 coordinator epoch of the marker, int64 when the transaction began here, in milliseconds since the Unix epoch.
 *
 * <p>A producer is forgotten with its {@linkplain Producers window}, never while its transaction is open. Changed by the
 * apply thread; {@link #standing} may be asked by any.
 */
final class OpenTransactions {

    static final String FAMILY = "open-transactions";

    /** Instead of an offset: there is none. */
    static final long NONE = -1;

    private static final int VALUE_BYTES = 3 * Long.BYTES + Short.BYTES + Integer.BYTES;

    private final UUID topicId;
    private final int partition;
    private final Map<Long, Standing> standings = new ConcurrentHashMap<>();
    private final TreeMap<Long, Long> producersByFirstOffset = new TreeMap<>();

    /**
     * Where a producer stands in the partition.
     *
     * @param firstOffset of its open transaction, or {@link #NONE}
     * @param lastMarker offset of the marker that ended its last one, or {@link #NONE}
     * @param epoch the producer's, in its open transaction or in the marker; -1 if there is neither
     * @param coordinatorEpoch of the last marker; -1 if there is none
     * @param startedMs when the open transaction began here, milliseconds since the Unix epoch
     */
    record Standing(long firstOffset, long lastMarker, short epoch, int coordinatorEpoch, long startedMs) {

        static final Standing NEW = new Standing(NONE, NONE, (short) -1, -1, 0);

        boolean isOpen() {
            return firstOffset != NONE;
        }
    }

    OpenTransactions(UUID topicId, int partition) {
        this.topicId = topicId;
        this.partition = partition;
    }

    void load(long producerId, byte[] row) {
        ByteBuffer value = ByteBuffer.wrap(row);
        Standing standing =
                new Standing(value.getLong(), value.getLong(), value.getShort(), value.getInt(), value.getLong());
        standings.put(producerId, standing);
        if (standing.isOpen()) {
            producersByFirstOffset.put(standing.firstOffset(), producerId);
        }
    }

    /** Any thread; what apply decides later may differ. */
    Standing standing(long producerId) {
        return standings.getOrDefault(producerId, Standing.NEW);
    }

    boolean isOpen(long producerId) {
        return standing(producerId).isOpen();
    }

    /** First offset that is not decided: of the oldest open transaction, or the end of the log. */
    long firstUndecided(long logEnd) {
        return producersByFirstOffset.isEmpty() ? logEnd : producersByFirstOffset.firstKey();
    }

    /**
     * @throws RefusedException {@code INVALID_TRANSACTION_STATE} for a batch outside a transaction while one is open
     */
    void check(RecordBatch batch) {
        if (!batch.isTransactional() && isOpen(batch.producerId())) {
            throw new RefusedException(
                    Refusal.INVALID_TRANSACTION_STATE,
                    "producer " + batch.producerId() + " has an open transaction and wrote outside it");
        }
    }

    /** The batch begins its producer's transaction here, unless that has begun. */
    void took(RecordBatch batch, long baseOffset, ApplyContext context) {
        Standing before = standing(batch.producerId());
        if (batch.isTransactional() && !before.isOpen()) {
            producersByFirstOffset.put(baseOffset, batch.producerId());
            put(
                    batch.producerId(),
                    new Standing(
                            baseOffset,
                            before.lastMarker(),
                            batch.producerEpoch(),
                            before.coordinatorEpoch(),
                            context.timeMs()),
                    context);
        }
    }

    /**
     * Checks a marker that is not written yet.
     *
     * @return whether it was written before, so that there is nothing to do
     * @throws RefusedException {@code COORDINATOR_FENCED}
     */
    boolean wasEnded(long producerId, short producerEpoch, EndMarker marker) {
        Standing standing = standing(producerId);
        if (marker.coordinatorEpoch() < standing.coordinatorEpoch()) {
            throw new RefusedException(
                    Refusal.COORDINATOR_FENCED,
                    "a marker of coordinator epoch " + marker.coordinatorEpoch() + " comes after one of "
                            + standing.coordinatorEpoch());
        }
        return !standing.isOpen() && standing.epoch() == producerEpoch;
    }

    /**
     * A marker has been written.
     *
     * @return first offset of the transaction that it ended, or null if none was open
     */
    @Nullable
    Long ended(long producerId, short producerEpoch, EndMarker marker, long offset, ApplyContext context) {
        Standing before = standing(producerId);
        put(producerId, new Standing(NONE, offset, producerEpoch, marker.coordinatorEpoch(), 0), context);
        if (!before.isOpen()) {
            return null;
        }
        producersByFirstOffset.remove(before.firstOffset());
        return before.firstOffset();
    }

    private void put(long producerId, Standing standing, ApplyContext context) {
        standings.put(producerId, standing);
        ByteBuffer value = ByteBuffer.allocate(VALUE_BYTES);
        value.putLong(standing.firstOffset()).putLong(standing.lastMarker());
        value.putShort(standing.epoch()).putInt(standing.coordinatorEpoch());
        value.putLong(standing.startedMs());
        context.changes().put(FAMILY, key(producerId), value.array());
    }

    void forget(long producerId, ApplyContext context) {
        if (standings.remove(producerId) != null) {
            context.changes().delete(FAMILY, key(producerId));
        }
    }

    void deleteAll(ApplyContext context) {
        standings.keySet().forEach(id -> context.changes().delete(FAMILY, key(id)));
        standings.clear();
        producersByFirstOffset.clear();
    }

    private byte[] key(long producerId) {
        return Producers.key(topicId, partition, producerId);
    }
}
