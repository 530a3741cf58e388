package io.polylog.engine;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Applies a journal's entries at start, each on the apply thread that owns its group from then on, so that reading and
 * the groups' applying overlap. Used by one thread; what waits is bounded.
 */
final class Replay implements JournalScan.Visitor {

    /** Entries read ahead of apply. */
    private static final int MAX_AHEAD = 64;

    private final List<GroupStateMachine> machines;
    private final List<ApplyThread> applyThreads;
    private final Semaphore ahead = new Semaphore(MAX_AHEAD);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Replay(List<GroupStateMachine> machines, List<ApplyThread> applyThreads) {
        this.machines = machines;
        this.applyThreads = applyThreads;
    }

    @Override
    public void entry(Entry entry) throws IOException {
        if (entry.group() < 0 || entry.group() >= machines.size()) {
            throw new CorruptJournalException("the journal names replica group " + entry.group() + " of "
                    + machines.size() + "; the data directory is not whole");
        }
        ahead.acquireUninterruptibly();
        GroupStateMachine machine = machines.get(entry.group());
        applyThreads.get(entry.group() % applyThreads.size()).execute(() -> {
            try {
                if (failure.get() == null) {
                    machine.apply(entry);
                }
            } catch (Exception | Error failed) { // reported by finish
                failure.compareAndSet(null, failed);
            } finally {
                ahead.release();
            }
        });
        check();
    }

    /** Waits until everything is applied. */
    void finish() throws IOException {
        ahead.acquireUninterruptibly(MAX_AHEAD);
        check();
    }

    private void check() throws IOException {
        Throwable failed = failure.get();
        if (failed != null) {
            throw new IOException("the journal cannot be replayed: " + failed, failed);
        }
    }
}
