package io.polylog.engine;

import io.polylog.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The idempotent producers of one partition. Those silent for a day are forgotten, as Kafka does after {@code
 * producer.id.expiration.ms}; who is forgotten depends on entry times alone, and the sweep only frees what is. Apply thread.
 */
final class Producers {

    static final String FAMILY = "producers";

    private static final long EXPIRY_MS = 24L * 60 * 60 * 1000;

    /** A sweep runs each time this many producers have come. */
    private static final int SWEEP_EVERY = 1000;

    private final UUID topicId;
    private final int partition;
    private final Map<Long, ProducerWindow> windows = new HashMap<>();
    private int comeSinceSweep;

    Producers(UUID topicId, int partition) {
        this.topicId = topicId;
        this.partition = partition;
    }

    void load(long producerId, ProducerWindow window) {
        windows.put(producerId, window);
    }

    /** See {@link ProducerWindow#check}; a producer that is not known may begin with any sequence. */
    ProducerWindow.@Nullable Taken check(RecordBatch batch, ApplyContext context) {
        ProducerWindow window = windows.get(batch.producerId());
        return window == null || isExpired(window, context) ? null : window.check(batch);
    }

    void took(RecordBatch batch, long baseOffset, ApplyContext context) {
        ProducerWindow window = windows.get(batch.producerId());
        if (window == null || isExpired(window, context)) {
            window = new ProducerWindow(batch.producerEpoch());
            windows.put(batch.producerId(), window);
            if (++comeSinceSweep >= SWEEP_EVERY) {
                comeSinceSweep = 0;
                sweep(context);
            }
        }
        window.took(batch, baseOffset, context.timeMs());
        context.changes().put(FAMILY, key(batch.producerId()), window.encode());
    }

    private static boolean isExpired(ProducerWindow window, ApplyContext context) {
        return window.lastTimeMs() != 0 && window.lastTimeMs() < context.timeMs() - EXPIRY_MS;
    }

    private void sweep(ApplyContext context) {
        Iterator<Map.Entry<Long, ProducerWindow>> all = windows.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<Long, ProducerWindow> producer = all.next();
            if (isExpired(producer.getValue(), context)) {
                all.remove();
                context.changes().delete(FAMILY, key(producer.getKey()));
            }
        }
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

    private byte[] key(long producerId) {
        ByteBuffer key = ByteBuffer.allocate(Encoding.UUID_BYTES + Integer.BYTES + Long.BYTES);
        Encoding.putUuid(key, topicId);
        return key.putInt(partition).putLong(producerId).array();
    }
}
