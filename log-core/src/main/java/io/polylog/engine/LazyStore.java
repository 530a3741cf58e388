package io.polylog.engine;

import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KvBudget;
import io.polylog.kv.KvException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
            LedgerState.FAMILY);

    private final Path directory;
    private final KvBudget budget;
    private final DiskSpace space;
    private @Nullable KeyValueStore open;

    LazyStore(Path directory, KvBudget budget, DiskSpace space) {
        this.directory = directory;
        this.budget = budget;
        this.space = space;
    }

    KeyValueStore get() throws IOException {
        KeyValueStore store = open;
        if (store == null) {
            store = new PatientStore(openPatiently(), space);
            open = store;
        }
        return store;
    }

    private KeyValueStore openPatiently() throws IOException {
        while (true) {
            try {
                Files.createDirectories(directory);
                return KeyValueStore.open(directory, FAMILIES, budget);
            } catch (KvException failure) {
                if (!failure.noSpace() || !space.awaitRoom()) {
                    throw failure;
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (open != null) {
            open.close();
        }
    }
}
