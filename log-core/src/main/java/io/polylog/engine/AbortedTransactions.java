package io.polylog.engine;

import io.polylog.broker.AbortedTransaction;
import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KeyWriter;
import io.polylog.kv.KvIterator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The aborted transactions of one partition, on disk only: what a reader of committed records has to leave out. Family
 * {@code aborted-transactions}: key topic id, int32 partition, int64 offset of the marker; value int64 producer id, int64
 * first offset, int64 last stable offset once it had ended. Goes with the start of the log.
 *
 * <p>Changed by the apply thread; {@link #between} reads on the reader pool.
 */
public final class AbortedTransactions {

    static final String FAMILY = "aborted-transactions";

    private final UUID topicId;
    private final int partition;
    private final Supplier<Optional<KeyValueStore>> store;
    private volatile long lastMarker = -1;

    AbortedTransactions(UUID topicId, int partition, Supplier<Optional<KeyValueStore>> store) {
        this.topicId = topicId;
        this.partition = partition;
        this.store = store;
    }

    void load(long marker) {
        lastMarker = Math.max(lastMarker, marker);
    }

    void add(AbortedTransaction aborted, long lastStable, ApplyContext context) {
        ByteBuffer value = ByteBuffer.allocate(3 * Long.BYTES);
        value.putLong(aborted.producerId()).putLong(aborted.firstOffset()).putLong(lastStable);
        context.changes().put(FAMILY, key(aborted.lastOffset()), value.array());
        lastMarker = aborted.lastOffset();
    }

    /**
     * Those that may have records from {@code from} up to {@code to}, in the order of their ends.
     *
     * @param to exclusive, up to the last stable offset
     */
    public List<AbortedTransaction> between(long from, long to) {
        if (lastMarker < from || from >= to) {
            return List.of();
        }
        Optional<KeyValueStore> open = store.get();
        if (open.isEmpty()) {
            return List.of();
        }
        List<AbortedTransaction> found = new ArrayList<>();
        try (KvIterator rows = open.get().scan(FAMILY, key(from), key(Long.MAX_VALUE))) {
            boolean more = true;
            while (more && rows.next()) {
                long marker = ByteBuffer.wrap(rows.key()).getLong(Encoding.UUID_BYTES + Integer.BYTES);
                ByteBuffer value = ByteBuffer.wrap(rows.value());
                AbortedTransaction aborted = new AbortedTransaction(value.getLong(), value.getLong(), marker);
                if (aborted.firstOffset() < to) {
                    found.add(aborted);
                }
                more = value.getLong() < to; // else those that ended later began later too
            }
        }
        return found;
    }

    /** The log starts here now. */
    void trim(long logStart, ApplyContext context) {
        if (lastMarker >= 0) {
            context.changes().deleteRange(FAMILY, key(0), key(logStart));
        }
    }

    void deleteAll(ApplyContext context) {
        if (lastMarker >= 0) {
            context.changes().deleteRange(FAMILY, key(0), key(Long.MAX_VALUE));
        }
    }

    private byte[] key(long marker) {
        return new KeyWriter().uuid(topicId).int32(partition).int64(marker).toBytes();
    }
}
