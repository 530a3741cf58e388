package io.polylog.engine;

import io.polylog.broker.RefusedException;
import io.polylog.record.RecordBatch;
import io.polylog.txn.ActiveProducer;
import io.polylog.txn.Producer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The idempotent producers of one partition. Those silent for a day are forgotten, as Kafka does after {@code
 * producer.id.expiration.ms}; who is forgotten depends on entry times alone, and the sweep only frees what is. When there are
 * {@link #MOST}, a tenth of them makes room for one more: those silent longest, but none of an open transaction. Apply thread.
 */
final class Producers {

    static final String FAMILY = "producers";

    /** Some 300 bytes of heap each. */
    static final int MOST = 50_000;

    private static final int ROOM = MOST / 10;

    private static final long EXPIRY_MS = 24L * 60 * 60 * 1000;

    /** A sweep runs each time this many producers have come. */
    private static final int SWEEP_EVERY = 1000;

    private final UUID topicId;
    private final int partition;
    private final OpenTransactions transactions;
    private final Map<Long, ProducerWindow> windows = new HashMap<>();
    private int comeSinceSweep;

    /**
     * @param transactions what is known of the same producers' transactions; forgotten with them
     */
    Producers(UUID topicId, int partition, OpenTransactions transactions) {
        this.topicId = topicId;
        this.partition = partition;
        this.transactions = transactions;
    }

    void load(long producerId, ProducerWindow window) {
        windows.put(producerId, window);
    }

    /** See {@link ProducerWindow#check}; a producer that is not known may begin with any sequence. */
    ProducerWindow.@Nullable Taken check(RecordBatch batch, ApplyContext context) {
        ProducerWindow window = windows.get(batch.producerId());
        return window == null || isExpired(batch.producerId(), window, context) ? null : window.check(batch);
    }

    void took(RecordBatch batch, long baseOffset, ApplyContext context) {
        ProducerWindow window = window(batch.producerId(), batch.producerEpoch(), context);
        window.took(batch, baseOffset, context.timeMs());
        context.changes().put(FAMILY, key(batch.producerId()), window.encode());
    }

    /**
     * @throws RefusedException {@code STALE_PRODUCER_EPOCH} for a marker of an epoch below the producer's
     */
    void checkMarker(long producerId, short producerEpoch, ApplyContext context) {
        ProducerWindow window = windows.get(producerId);
        if (window != null && !isExpired(producerId, window, context)) {
            window.checkEpoch(producerId, producerEpoch);
        }
    }

    /** A marker fences the producer's earlier epochs. */
    void marked(long producerId, short producerEpoch, ApplyContext context) {
        ProducerWindow window = window(producerId, producerEpoch, context);
        window.marked(producerEpoch, context.timeMs());
        context.changes().put(FAMILY, key(producerId), window.encode());
    }

    private ProducerWindow window(long producerId, short producerEpoch, ApplyContext context) {
        ProducerWindow window = windows.get(producerId);
        if (window == null || isExpired(producerId, window, context)) {
            if (++comeSinceSweep >= SWEEP_EVERY || windows.size() >= MOST) {
                comeSinceSweep = 0;
                sweep(context);
                makeRoom(context);
            }
            window = new ProducerWindow(producerEpoch);
            windows.put(producerId, window);
        }
        return window;
    }

    private boolean isExpired(long producerId, ProducerWindow window, ApplyContext context) {
        return window.lastTimeMs() != 0
                && window.lastTimeMs() < context.timeMs() - EXPIRY_MS
                && !transactions.isOpen(producerId);
    }

    private void sweep(ApplyContext context) {
        Iterator<Map.Entry<Long, ProducerWindow>> all = windows.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<Long, ProducerWindow> producer = all.next();
            if (isExpired(producer.getKey(), producer.getValue(), context)) {
                all.remove();
                forget(producer.getKey(), context);
            }
        }
    }

    /** After a sweep, so that what is there is the same on every replica. */
    private void makeRoom(ApplyContext context) {
        if (windows.size() < MOST) {
            return;
        }
        List<Long> silentLongest = windows.entrySet().stream()
                .filter(producer -> !transactions.isOpen(producer.getKey()))
                .sorted(Comparator.comparingLong((Map.Entry<Long, ProducerWindow> producer) ->
                                producer.getValue().lastTimeMs())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(ROOM)
                .map(Map.Entry::getKey)
                .toList();
        silentLongest.forEach(producerId -> {
            windows.remove(producerId);
            forget(producerId, context);
        });
    }

    private void forget(long producerId, ApplyContext context) {
        context.changes().delete(FAMILY, key(producerId));
        transactions.forget(producerId, context);
    }

    /** Offset of the last record of each producer. */
    Map<Long, Long> lastOffsets() {
        Map<Long, Long> offsets = new HashMap<>();
        windows.forEach((producer, window) -> window.lastOffset().ifPresent(last -> offsets.put(producer, last)));
        return offsets;
    }

    void deleteAll(ApplyContext context) {
        windows.keySet().forEach(id -> context.changes().delete(FAMILY, key(id)));
        windows.clear();
    }

    List<ActiveProducer> all() {
        List<ActiveProducer> all = new ArrayList<>();
        windows.forEach((id, window) -> {
            OpenTransactions.Standing standing = transactions.standing(id);
            all.add(new ActiveProducer(
                    new Producer(id, window.epoch()),
                    window.lastSequence(),
                    window.lastTimeMs(),
                    standing.coordinatorEpoch(),
                    standing.firstOffset()));
        });
        return all;
    }

    private byte[] key(long producerId) {
        return key(topicId, partition, producerId);
    }

    static byte[] key(UUID topicId, int partition, long producerId) {
        ByteBuffer key = ByteBuffer.allocate(Encoding.UUID_BYTES + Integer.BYTES + Long.BYTES);
        Encoding.putUuid(key, topicId);
        return key.putInt(partition).putLong(producerId).array();
    }
}
