package io.polylog.engine;

import io.polylog.broker.RefusedException;
import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KvBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Applies the entries of one replica group, in order: each command changes the state that it is about; then the entry's
 * key-value changes are written in one step together with its index; then what it appended becomes visible.
 *
 * <p>Deterministic: the same entries give the same state. Owned by the group's apply thread (by the starting thread
 * while it replays). Any exception but a refusal leaves the state undefined and must stop the process.
 */
final class GroupStateMachine implements AutoCloseable {

    /** Family {@code applied}, one row: int64 index of the last entry applied. */
    static final String FAMILY = "applied";

    private static final byte[] KEY = {0};

    private final int group;
    private final GroupState state;
    private final LazyStore store;
    private volatile long appliedIndex; // written by the apply thread

    GroupStateMachine(int group, GroupState state, LazyStore store) {
        this.group = group;
        this.state = state;
        this.store = store;
    }

    /** Index of the last entry whose effects are all in the store. Any thread. */
    long appliedIndex() {
        return appliedIndex;
    }

    int group() {
        return group;
    }

    LazyStore store() {
        return store;
    }

    /** Takes up what the store holds, which was put there by a checkpoint. Once, before anything is applied. */
    void load() throws IOException {
        KeyValueStore keyValues = store.get();
        long index = appliedIndex(keyValues);
        if (index == 0) {
            throw new CorruptDataException(
                    "the checkpoint of replica group " + group + " does not say which entry it was taken at");
        }
        state.load(keyValues);
        appliedIndex = index;
    }

    GroupState state() {
        return state;
    }

    /** The entry that a store stands at; 0 if it was never written. */
    static long appliedIndex(KeyValueStore store) {
        return store.get(FAMILY, KEY)
                .map(value -> ByteBuffer.wrap(value).getLong())
                .orElse(0L);
    }

    /** Applies one entry and answers for each of its commands, in order. */
    List<Outcome> apply(Entry entry) throws IOException {
        if (entry.index() != appliedIndex + 1) {
            throw new IllegalStateException(
                    "group " + group + " has applied entry " + appliedIndex + " and was given " + entry.index());
        }
        List<Outcome> outcomes = new ArrayList<>(entry.commands().size());
        KvBatch changes = new KvBatch();
        ApplyContext context = new ApplyContext(entry.index(), entry.term(), entry.timeMs(), changes);
        for (Command<?> command : entry.commands()) {
            outcomes.add(apply(command, context));
        }
        state.partitions().recordPositions(context);
        state.schedules().recordNumbers(context);
        changes.put(
                FAMILY,
                KEY,
                ByteBuffer.allocate(Long.BYTES).putLong(entry.index()).array());
        store.write(changes);
        appliedIndex = entry.index();
        state.partitions().publish();
        context.runAfterApply();
        return outcomes;
    }

    private Outcome apply(Command<?> command, ApplyContext context) {
        try {
            return Outcome.reply(command.applyTo(state, context));
        } catch (RefusedException refused) {
            return Outcome.refused(refused);
        }
    }

    @Override
    public void close() throws IOException {
        state.partitions().close();
        store.close();
    }
}
