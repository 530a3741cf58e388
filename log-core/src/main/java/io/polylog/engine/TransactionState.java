package io.polylog.engine;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KeyWriter;
import io.polylog.kv.KvIterator;
import io.polylog.txn.Transaction;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The transactional ids that one replica group is home to. Family {@code transactions}: key text id, value {@link
 * TransactionCodec}. Ids that nobody uses for a week are forgotten.
 *
 * <p>Changed by the apply thread; deterministic. {@link #find} and {@link #all} answer any thread.
 */
public final class TransactionState {

    static final String FAMILY = "transactions";

    private final Map<String, Transaction> transactions = new ConcurrentHashMap<>();
    private volatile Consumer<Transaction> watcher = changed -> {};

    void load(KeyValueStore store) {
        try (KvIterator rows = store.scan(FAMILY, new byte[0], Encoding.endOfTextKeys())) {
            while (rows.next()) {
                Transaction transaction = TransactionCodec.decode(ByteBuffer.wrap(rows.value()));
                transactions.put(transaction.id(), transaction);
            }
        }
    }

    public Optional<Transaction> find(String id) {
        return Optional.ofNullable(transactions.get(id));
    }

    public List<Transaction> all() {
        return List.copyOf(transactions.values());
    }

    /** From now on {@code watcher} is told, on the apply thread, how each transaction stands that has changed. */
    public void watch(Consumer<Transaction> newWatcher) {
        watcher = newWatcher;
    }

    /**
     * @throws RefusedException {@code UNKNOWN_TRANSACTION}
     */
    Transaction existing(String id) {
        return find(id).orElseThrow(() -> new RefusedException(
                Refusal.UNKNOWN_TRANSACTION, "no transactional id " + id + ", or it was not used for long"));
    }

    /** Puts how it stands now, unless it stood so before. */
    Transaction put(Transaction changed, ApplyContext context) {
        Transaction before = transactions.put(changed.id(), changed);
        if (!changed.equals(before)) {
            context.changes().put(FAMILY, key(changed.id()), TransactionCodec.encode(changed));
            context.afterApply(() -> watcher.accept(changed));
        }
        return changed;
    }

    void forget(String id, ApplyContext context) {
        transactions.remove(id);
        context.changes().delete(FAMILY, key(id));
    }

    private static byte[] key(String id) {
        return new KeyWriter().text(id).toBytes();
    }
}
