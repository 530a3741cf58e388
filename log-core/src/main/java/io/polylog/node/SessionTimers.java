package io.polylog.node;

import io.polylog.broker.Registration;
import io.polylog.engine.SessionHead;
import io.polylog.engine.TestamentState.Pending;
import io.polylog.session.SessionStore;
import io.polylog.session.SessionStore.TestamentExecutor;
import io.polylog.time.Alarms;
import io.polylog.time.EpochClock;
import io.polylog.time.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leader's clock for sessions: proposes the end of those whose client stays away, and has testaments executed when they
 * are due. It only ever proposes; whether the time has come is decided again when the command is applied.
 *
 * <p>Holds one small entry for each absent client. Any thread.
 */
final class SessionTimers implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SessionTimers.class);

    private static final long RETRY_MS = 1000;

    /** Testaments and ends on their way at a time. */
    private static final int MAX_UNDER_WAY = 256;

    private final DurableSessions sessions;
    private final EpochClock clock;
    private final DueQueue<Object, Action> queue = new DueQueue<>();
    private final Alarms alarms;
    private final List<TestamentExecutor> executors = new ArrayList<>();
    private Scheduler.@Nullable Timeout wakeUp;
    private int underWay;
    private boolean closed;

    @FunctionalInterface
    private interface Action {
        /** Completes when it is done; fails to be done again later. */
        CompletionStage<?> run();
    }

    SessionTimers(DurableSessions sessions, EpochClock clock, Alarms alarms) {
        this.sessions = sessions;
        this.clock = clock;
        this.alarms = alarms;
    }

    /** A session has got or lost its client, or has ended. */
    void session(String name, Optional<SessionHead> head) {
        long endsAtMs = head.map(SessionHead::endsAtMs).orElse(SessionStore.NEVER);
        set(name, endsAtMs, () -> head.isEmpty() ? nothing() : sessions.expire(name, head.get()));
    }

    /** A testament has got another time, or is gone. */
    void testament(int group, UUID id, Optional<Pending> testament) {
        long dueAtMs = testament.map(Pending::dueAtMs).orElse(SessionStore.NEVER);
        set(
                id,
                dueAtMs,
                () -> testament.isEmpty()
                        ? nothing()
                        : execute(group, id, testament.get().name()));
    }

    private static CompletionStage<Boolean> nothing() {
        return CompletableFuture.completedFuture(false);
    }

    private synchronized void set(Object key, long atMs, Action action) {
        if (atMs == SessionStore.NEVER) {
            queue.remove(key);
        } else {
            queue.put(key, atMs, action);
            schedule();
        }
    }

    synchronized Registration executeTestaments(TestamentExecutor executor) {
        executors.add(executor);
        schedule();
        return () -> {
            synchronized (this) {
                executors.remove(executor);
            }
        };
    }

    private CompletionStage<?> execute(int group, UUID id, String name) {
        TestamentExecutor executor;
        synchronized (this) {
            if (executors.isEmpty()) {
                return CompletableFuture.failedFuture(new IllegalStateException("nobody executes testaments yet"));
            }
            executor = executors.get(0);
        }
        return sessions.testament(group, id)
                .thenCompose(found -> found.isEmpty()
                        ? nothing() // taken back, or executed before
                        : executor.execute(name, found.get())
                                .thenCompose(where -> sessions.executed(group, id, where)));
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
                    .log("what a session waits for is tried again");
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
