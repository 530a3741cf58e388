package io.polylog.node;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.engine.ChangeSecurity;
import io.polylog.engine.ReplicaGroup;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The rows of the metadata group that say who may do what, for those who read a meaning into them. Changes are told on the
 * group's apply thread, in the order in which they became durable, before whoever asked for them hears.
 */
final class SecurityRows {

    private record Reader(Predicate<String> kind, Consumer<Map<String, String>> told) {}

    private final ReplicaGroup metadata;
    private final Map<String, String> rows; // of the apply thread, once readers are there
    private final List<Reader> readers = new ArrayList<>();

    /**
     * @param rows as they were when the engine was opened
     */
    SecurityRows(ReplicaGroup metadata, Map<String, String> rows) {
        this.metadata = metadata;
        this.rows = new TreeMap<>(rows);
    }

    /**
     * Tells the rows of a kind now, and again whenever one of them has changed. Before the first change.
     *
     * @param kind whether a key belongs to it
     */
    void read(Predicate<String> kind, Consumer<Map<String, String>> told) {
        Reader reader = new Reader(kind, told);
        readers.add(reader);
        tell(reader);
    }

    private void tell(Reader reader) {
        Map<String, String> of = new TreeMap<>(rows);
        of.keySet().removeIf(reader.kind.negate());
        reader.told.accept(of);
    }

    CompletionStage<Void> change(Map<String, String> put, Collection<String> removed) {
        if (put.size() + removed.size() > ChangeSecurity.MAX_ROWS) {
            return CompletableFuture.failedFuture(new RefusedException(
                    Refusal.BATCH_TOO_LARGE,
                    "at most " + ChangeSecurity.MAX_ROWS + " changes of ACLs, credentials or quotas at a time"));
        }
        return metadata.propose(new ChangeSecurity(put, List.copyOf(removed))).thenAccept(done -> {
            removed.forEach(rows::remove);
            rows.putAll(put);
            for (Reader reader : readers) {
                if (put.keySet().stream().anyMatch(reader.kind)
                        || removed.stream().anyMatch(reader.kind)) {
                    tell(reader);
                }
            }
        });
    }
}
