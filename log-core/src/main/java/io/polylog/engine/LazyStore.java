package io.polylog.engine;

import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KvBatch;
import io.polylog.kv.KvBudget;
import io.polylog.kv.KvException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A group's key-value store, opened when the first entry needs it: most groups of a small gateway stay empty. */
final class LazyStore implements AutoCloseable {

    static final Set<String> FAMILIES = Set.of(
            GroupStateMachine.FAMILY,
            TopicState.FAMILY,
            ProducerIdState.FAMILY,
            PartitionRow.FAMILY,
            PartitionSettings.FAMILY,
            Producers.FAMILY,
            OpenTransactions.FAMILY,
            AbortedTransactions.FAMILY,
            TransactionState.FAMILY,
            LedgerState.FAMILY,
            ConfigState.GROUPS,
            ConfigState.BROKERS,
            ConfigState.CLIENT_METRICS,
            OriginState.FAMILY,
            SessionState.FAMILY,
            SessionState.ROWS_FAMILY,
            TestamentState.FAMILY,
            TestamentState.MESSAGES_FAMILY,
            RetainedState.FAMILY,
            ScheduleState.FAMILY,
            ScheduleState.IDS_FAMILY,
            ScheduleState.NUMBERS_FAMILY,
            ScheduleEnds.FAMILY,
            Outbox.FAMILY,
            Inbox.FAMILY,
            SecurityState.FAMILY);

    private final Path directory;
    private final KvBudget budget;
    private final BooleanSupplier awaitRoom;
    private volatile @Nullable KeyValueStore open; // opened by the group's apply thread

    /**
     * @param awaitRoom waits when the disk is full, and answers whether it is worth trying again
     */
    LazyStore(Path directory, KvBudget budget, BooleanSupplier awaitRoom) {
        this.directory = directory;
        this.budget = budget;
        this.awaitRoom = awaitRoom;
    }

    /** Apply thread; waits for room on a full disk. */
    KeyValueStore get() {
        KeyValueStore store = open;
        while (store == null) {
            try {
                store = KeyValueStore.open(directory, FAMILIES, budget);
                open = store;
            } catch (KvException failure) {
                awaitRoom(failure);
            }
        }
        return store;
    }

    /**
     * Writes all of the batch, once there is room for it: a store that could not has changed nothing, and takes writes
     * again by itself. Apply thread.
     */
    void write(KvBatch batch) {
        KeyValueStore store = get();
        while (true) {
            try {
                store.write(batch);
                return;
            } catch (KvException failure) {
                awaitRoom(failure);
            }
        }
    }

    private void awaitRoom(KvException failure) {
        if (!failure.noSpace() || !awaitRoom.getAsBoolean()) {
            throw failure;
        }
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
