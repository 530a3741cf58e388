package io.polylog.engine;

import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KvBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A group's key-value store, opened when the first entry needs it: most groups of a small gateway stay empty. */
final class LazyStore implements AutoCloseable {

    private static final Set<String> FAMILIES = Set.of(
            GroupStateMachine.FAMILY,
            TopicState.FAMILY,
            ProducerIdState.FAMILY,
            PartitionState.FAMILY,
            Producers.FAMILY,
            LedgerState.FAMILY,
            OriginState.FAMILY,
            SessionState.FAMILY,
            SessionState.ROWS_FAMILY,
            TestamentState.FAMILY,
            TestamentState.MESSAGES_FAMILY,
            RetainedState.FAMILY,
            Outbox.FAMILY,
            Inbox.FAMILY);

    private final Path directory;
    private final KvBudget budget;
    private volatile @Nullable KeyValueStore open; // opened by the group's apply thread

    LazyStore(Path directory, KvBudget budget) {
        this.directory = directory;
        this.budget = budget;
    }

    KeyValueStore get() throws IOException {
        KeyValueStore store = open;
        if (store == null) {
            Files.createDirectories(directory);
            store = KeyValueStore.open(directory, FAMILIES, budget);
            open = store;
        }
        return store;
    }

    /** The store if it was needed yet. Any thread. */
    Optional<KeyValueStore> ifOpen() {
        return Optional.ofNullable(open);
    }

    @Override
    public void close() throws IOException {
        KeyValueStore store = open;
        if (store != null) {
            store.close();
        }
    }
}
