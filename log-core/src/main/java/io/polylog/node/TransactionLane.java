package io.polylog.node;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Keeps the batches of one producer and partition in order while the first of its transaction waits to be let in. Holds an entry
 * only while something waits; bounded by what clients may have in flight. Any thread.
 */
final class TransactionLane {

    /** Whose batches go one after the other. */
    record Key(java.util.UUID topicId, int partition, long producerId) {}

    private final Map<Key, CompletableFuture<Void>> tails = new ConcurrentHashMap<>();

    /** Whether something waits, so that what comes now must wait too. */
    boolean isBusy(Key key) {
        return tails.containsKey(key);
    }

    /**
     * Begins {@code entry} when everything before it has come through.
     *
     * @param entry completes when the batch has its place in the order, or will never have one
     */
    void run(Key key, Supplier<CompletionStage<?>> entry) {
        CompletableFuture<Void> through = new CompletableFuture<>();
        CompletableFuture<Void> before = tails.put(key, through);
        through.whenComplete((done, failure) -> tails.remove(key, through));
        if (before == null) {
            begin(entry, through);
        } else {
            before.whenComplete((done, failure) -> begin(entry, through));
        }
    }

    private static void begin(Supplier<CompletionStage<?>> entry, CompletableFuture<Void> through) {
        entry.get().whenComplete((done, failure) -> through.complete(null));
    }
}
