package io.polylog.node;

import io.polylog.broker.Registration;
import io.polylog.engine.SessionHead;
import io.polylog.engine.TestamentState.Pending;
import io.polylog.session.SessionStore;
import io.polylog.session.SessionStore.TestamentExecutor;
import io.polylog.time.Alarms;
import io.polylog.time.EpochClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The leader's clock for sessions: proposes the end of those whose client stays away, and has testaments executed when they
 * are due. It only ever proposes; whether the time has come is decided again when the command is applied.
 *
 * <p>Holds one small entry for each absent client. Any thread.
 */
final class SessionTimers implements AutoCloseable {

    private final DurableSessions sessions;
    private final DueActions due;
    private final List<TestamentExecutor> executors = new ArrayList<>();

    SessionTimers(DurableSessions sessions, EpochClock clock, Alarms alarms) {
        this.sessions = sessions;
        this.due = new DueActions(clock, alarms);
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

    private void set(Object key, long atMs, DueActions.Action action) {
        if (atMs == SessionStore.NEVER) {
            due.remove(key);
        } else {
            due.put(key, atMs, action);
        }
    }

    synchronized Registration executeTestaments(TestamentExecutor executor) {
        executors.add(executor);
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

    @Override
    public void close() {
        due.close();
    }
}
