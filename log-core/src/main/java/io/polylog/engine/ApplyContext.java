package io.polylog.engine;

import io.polylog.kv.KvBatch;
import java.util.ArrayList;
import java.util.List;

/**
 * What applying one entry may look at beside the state, and where it leaves its changes. One per entry; apply thread.
 */
public final class ApplyContext {

    private final long index;
    private final int term;
    private final long timeMs;
    private final KvBatch changes;
    private final List<Runnable> afterApply = new ArrayList<>();

    ApplyContext(long index, int term, long timeMs, KvBatch changes) {
        this.index = index;
        this.term = term;
        this.timeMs = timeMs;
        this.changes = changes;
    }

    /** Position of the entry in the group's command log, from 1. */
    public long index() {
        return index;
    }

    /** Leader epoch of the entry. */
    public int term() {
        return term;
    }

    /** When the leader took the entry, milliseconds since the Unix epoch: the only clock that apply knows. */
    public long timeMs() {
        return timeMs;
    }

    /** Changes to the key-value state, written in one step with the rest of the entry. */
    public KvBatch changes() {
        return changes;
    }

    /** Runs {@code action} once all changes of the entry are written, before any reply leaves. */
    public void afterApply(Runnable action) {
        afterApply.add(action);
    }

    void runAfterApply() {
        afterApply.forEach(Runnable::run);
    }
}
