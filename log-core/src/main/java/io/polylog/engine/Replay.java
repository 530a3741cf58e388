package io.polylog.engine;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Applies at start what the journal holds beyond the groups' checkpoints, each entry on the apply thread that owns its
 * group from then on, so that reading and the groups' applying overlap. Used by one thread; what waits is bounded.
 */
final class Replay implements JournalScan.Visitor {

    /** KiB of entries read ahead of apply; one larger entry goes alone. */
    private static final int MAX_AHEAD_KIB = 32 << 10;

    private final List<GroupStateMachine> machines;
    private final List<ApplyThread> applyThreads;
    private final Continuity continuity;
    private final Semaphore ahead = new Semaphore(MAX_AHEAD_KIB);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /**
     * @param machines as their checkpoints left them; nothing else may be applied meanwhile
     */
    Replay(List<GroupStateMachine> machines, List<ApplyThread> applyThreads) {
        this.machines = machines;
        this.applyThreads = applyThreads;
        this.continuity = new Continuity(
                machines.stream().mapToLong(GroupStateMachine::appliedIndex).toArray());
    }

    @Override
    public boolean wants(int group, long index) throws IOException {
        return continuity.isNext(group, index);
    }

    @Override
    public void entry(Entry entry) throws IOException {
        continuity.took(entry.group(), entry.index());
        int kib = Math.min(MAX_AHEAD_KIB, 1 + (JournalFrame.sizeInBytes(entry) >> 10));
        ahead.acquireUninterruptibly(kib);
        GroupStateMachine machine = machines.get(entry.group());
        applyThreads.get(entry.group() % applyThreads.size()).execute(() -> {
            try {
                if (failure.get() == null) {
                    machine.apply(entry);
                }
            } catch (Exception | Error failed) { // reported by finish
                failure.compareAndSet(null, failed);
            } finally {
                ahead.release(kib);
            }
        });
        check();
    }

    /** Waits until everything is applied. */
    void finish() throws IOException {
        ahead.acquireUninterruptibly(MAX_AHEAD_KIB);
        check();
    }

    private void check() throws IOException {
        Throwable failed = failure.get();
        if (failed != null) {
            throw new IOException("the journal cannot be replayed: " + failed, failed);
        }
    }
}
