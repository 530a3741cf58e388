package io.polylog.node;

import io.polylog.time.Alarms;
import io.polylog.time.EpochClock;
import io.polylog.time.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is to be done at some date, one thing for each key; one that fails is tried again a second later. Some are under way at a
 * time, the others wait. Any thread.
 */
final class DueActions implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DueActions.class);

    private static final long RETRY_MS = 1000;

    private static final int MAX_UNDER_WAY = 256;

    private final EpochClock clock;
    private final Alarms alarms;
    private final DueQueue<Object, Action> queue = new DueQueue<>();
    private Scheduler.@Nullable Timeout wakeUp;
    private int underWay;
    private boolean closed;

    @FunctionalInterface
    interface Action {
        /** Completes when it is done; fails to be done again later. */
        CompletionStage<?> run();
    }

    DueActions(EpochClock clock, Alarms alarms) {
        this.clock = clock;
        this.alarms = alarms;
    }

    /**
     * Replaces what there is for the key.
     *
     * @param atMs milliseconds since the Unix epoch
     */
    synchronized void put(Object key, long atMs, Action action) {
        queue.put(key, atMs, action);
        schedule();
    }

    synchronized void remove(Object key) {
        queue.remove(key);
    }

    private synchronized void schedule() {
        if (closed) {
            return;
        }
        if (wakeUp != null) {
            wakeUp.cancel();
            wakeUp = null;
        }
        if (!queue.isEmpty() && underWay < MAX_UNDER_WAY) {
            wakeUp = alarms.at(queue.nextAtMs(), this::run);
        }
    }

    private CompletionStage<?> run() {
        List<DueQueue.Entry<Object, Action>> due = new ArrayList<>();
        List<CompletableFuture<?>> ends = new ArrayList<>();
        synchronized (this) {
            long nowMs = clock.timeMs();
            while (underWay < MAX_UNDER_WAY && !queue.isEmpty() && queue.nextAtMs() <= nowMs) {
                due.add(queue.remove());
                underWay++;
            }
        }
        for (DueQueue.Entry<Object, Action> one : due) {
            CompletionStage<?> done;
            try {
                done = one.value().run();
            } catch (RuntimeException failure) {
                done = CompletableFuture.failedFuture(failure);
            }
            ends.add(done.whenComplete((unused, failure) -> ended(one, failure)).toCompletableFuture());
        }
        synchronized (this) {
            schedule();
        }
        return CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new));
    }

    private synchronized void ended(DueQueue.Entry<Object, Action> due, @Nullable Throwable failure) {
        underWay--;
        if (failure != null && !closed) {
            log.atDebug()
                    .addKeyValue("reason", String.valueOf(failure.getMessage()))
                    .log("what is due is tried again");
            queue.putIfAbsent(due.key(), clock.timeMs() + RETRY_MS, due.value());
        }
        schedule();
    }

    @Override
    public synchronized void close() {
        closed = true;
        queue.clear();
        if (wakeUp != null) {
            wakeUp.cancel();
            wakeUp = null;
        }
    }
}
