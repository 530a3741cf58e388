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

/**
 * A group's key-value store, opened when the first entry needs it: most groups of a small gateway stay empty. What is written
 * reaches it when it is asked for, or when it has become much.
 */
final class LazyStore implements AutoCloseable {

    private static final int MAX_GATHERED_BYTES = 256 << 10;

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

    /** Written and not in the store yet: entry after entry changes the same few rows. Guarded by this. */
    private KvBatch gathered = new KvBatch();

    /**
     * @param awaitRoom waits when the disk is full, and answers whether it is worth trying again
     */
    LazyStore(Path directory, KvBudget budget, BooleanSupplier awaitRoom) {
        this.directory = directory;
        this.budget = budget;
        this.awaitRoom = awaitRoom;
    }

    /** With all that was written. Apply thread; waits for room on a full disk. */
    KeyValueStore get() {
        KeyValueStore store = opened();
        writeGathered(store);
        return store;
    }

    private KeyValueStore opened() {
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
     * Takes all of the batch; the store has it when somebody asks for the store. Apply thread; waits for room on a full disk.
     */
    void write(KvBatch batch) {
        KeyValueStore store = opened();
        if (gather(batch) >= MAX_GATHERED_BYTES) {
            writeGathered(store);
        }
    }

    private synchronized int gather(KvBatch batch) {
        return gathered.append(batch).sizeInBytes();
    }

    /** A store that could not write has changed nothing, and takes writes again by itself once there is room. */
    private void writeGathered(KeyValueStore store) {
        while (true) {
            try {
                flush(store);
                return;
            } catch (KvException failure) {
                awaitRoom(failure); // not while it is locked: what makes room asks for the store
            }
        }
    }

    private synchronized void flush(KeyValueStore store) {
        if (!gathered.isEmpty()) {
            store.write(gathered);
            gathered = new KvBatch();
        }
    }

    private void awaitRoom(KvException failure) {
        if (!failure.noSpace() || !awaitRoom.getAsBoolean()) {
            throw failure;
        }
    }

    /**
     * The store if it was needed yet, with all that was written. Any thread.
     *
     * @throws KvException if it cannot take that; it can be asked again
     */
    Optional<KeyValueStore> ifOpen() {
        Optional<KeyValueStore> store = Optional.ofNullable(open);
        store.ifPresent(this::flush);
        return store;
    }

    @Override
    public void close() throws IOException {
        KeyValueStore store = open;
        if (store != null) {
            store.close();
        }
    }
}
