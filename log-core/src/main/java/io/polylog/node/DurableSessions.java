package io.polylog.node;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Registration;
import io.polylog.engine.DetachSession;
import io.polylog.engine.EndSession;
import io.polylog.engine.ForgetOrigin;
import io.polylog.engine.ForgetTestament;
import io.polylog.engine.LedgerId;
import io.polylog.engine.LocalEngine;
import io.polylog.engine.OpenSession;
import io.polylog.engine.ReplicaGroup;
import io.polylog.engine.SessionGrant;
import io.polylog.engine.SessionHead;
import io.polylog.engine.SessionState;
import io.polylog.engine.SettleRecords;
import io.polylog.engine.Settlement;
import io.polylog.engine.TestamentState;
import io.polylog.engine.UpdateSession;
import io.polylog.record.TopicPartition;
import io.polylog.session.Attachment;
import io.polylog.session.SessionChange;
import io.polylog.session.SessionRow;
import io.polylog.session.SessionStore;
import io.polylog.session.Testament;
import io.polylog.time.Alarms;
import io.polylog.time.EpochClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The sessions of this process: each in the replica group that is home to its name. Any thread.
 *
 * <p>Opening it lets go of the clients that were attached when the process ended; their absence counts from now, and what
 * they had of share groups is theirs.
 */
final class DurableSessions implements SessionStore, AutoCloseable {

    private final LocalEngine engine;
    private final Executor workers;
    private final SessionTimers timers;

    DurableSessions(LocalEngine engine, Executor workers, EpochClock clock, Alarms alarms) {
        this.engine = engine;
        this.workers = workers;
        this.timers = new SessionTimers(this, clock, alarms);
        for (ReplicaGroup group : engine.groups()) {
            SessionState state = engine.sessions(group.id());
            TestamentState testaments = engine.testaments(group.id());
            state.watch(name -> timers.session(name, state.head(name)));
            testaments.watch(id -> timers.testament(group.id(), id, testaments.pending(id)));
            state.heads().forEach((name, head) -> {
                if (head.attached()) {
                    claim(state.rows(name))
                            .whenComplete((claimed, failure) ->
                                    detach(name, head.attachment(), head.expiryMs(), true, List.of()));
                } else {
                    timers.session(name, Optional.of(head));
                }
            });
            testaments.all().forEach((id, pending) -> timers.testament(group.id(), id, Optional.of(pending)));
        }
    }

    /**
     * Has share groups accept what this session keeps of theirs: the process may have ended between the two. Proposed before
     * any ledger is opened, so nobody else is given it.
     */
    private CompletionStage<Void> claim(List<SessionRow> rows) {
        List<CompletableFuture<Boolean>> claims = new ArrayList<>();
        for (SessionRow row : rows) {
            if (row instanceof SessionRow.Delivery delivery
                    && !delivery.source().isEmpty()) {
                claims.add(claim(delivery));
            }
        }
        return CompletableFuture.allOf(claims.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Boolean> claim(SessionRow.Delivery delivery) {
        LedgerId ledger = new LedgerId(delivery.topicId(), delivery.partition(), delivery.source());
        Settlement accepted = new Settlement(Settlement.Kind.ACCEPTED, delivery.offset(), delivery.offset() + 1);
        return engine.home(delivery.topicId(), delivery.partition())
                .propose(new SettleRecords(ledger, List.of(accepted)))
                .exceptionally(settledBefore -> false) // or its topic is gone
                .toCompletableFuture();
    }

    private ReplicaGroup home(String name) {
        return engine.groups().get(engine.homes().of(name));
    }

    private SessionState state(String name) {
        return engine.sessions(engine.homes().of(name));
    }

    @Override
    public boolean isKept(String name) {
        return state(name).head(name).isPresent();
    }

    @Override
    public CompletionStage<Attachment> open(String name, boolean fresh, long expiryMs, Optional<Testament> testament) {
        UUID attachment = UUID.randomUUID();
        return home(name)
                .propose(new OpenSession(name, attachment, fresh, expiryMs, testament.orElse(null)))
                .thenCompose(grant -> attached(name, attachment, grant));
    }

    private CompletionStage<Attachment> attached(String name, UUID attachment, SessionGrant grant) {
        if (!grant.present()) {
            return CompletableFuture.completedFuture(
                    new Attachment(name, grant.sessionId(), attachment, false, List.of()));
        }
        CompletableFuture<Attachment> result = new CompletableFuture<>();
        try {
            workers.execute(() -> {
                try {
                    List<SessionRow> rows = state(name).rows(name);
                    result.complete(new Attachment(name, grant.sessionId(), attachment, true, rows));
                } catch (RuntimeException failure) {
                    result.completeExceptionally(failure);
                }
            });
        } catch (RejectedExecutionException full) {
            result.completeExceptionally(
                    new RefusedException(Refusal.OVERLOADED, "too many reads are waiting, or the gateway is stopping"));
        }
        return result;
    }

    @Override
    public CompletionStage<Void> update(String name, UUID attachment, List<SessionChange> changes) {
        return home(name).propose(new UpdateSession(name, attachment, changes)).thenApply(done -> null);
    }

    @Override
    public CompletionStage<Void> detach(
            String name, UUID attachment, long expiryMs, boolean testamentStands, List<SessionChange> changes) {
        return home(name)
                .propose(new DetachSession(name, attachment, expiryMs, testamentStands, changes))
                .thenApply(done -> null);
    }

    @Override
    public CompletionStage<Void> end(String name) {
        return home(name).propose(new EndSession(name, null)).thenApply(done -> null);
    }

    /** The session's time has come, unless its client has come first. */
    CompletionStage<Boolean> expire(String name, SessionHead head) {
        return home(name).propose(new EndSession(name, head.attachment()));
    }

    /** Reads a testament that is still to be executed. */
    CompletionStage<Optional<Testament>> testament(int group, UUID id) {
        CompletableFuture<Optional<Testament>> result = new CompletableFuture<>();
        try {
            workers.execute(() -> {
                try {
                    result.complete(engine.testaments(group).find(id));
                } catch (RuntimeException failure) {
                    result.completeExceptionally(failure);
                }
            });
        } catch (RejectedExecutionException full) {
            result.completeExceptionally(full);
        }
        return result;
    }

    /** Forgets a testament, then that it was published: it will not be again. */
    CompletionStage<Boolean> executed(int group, UUID testament, Optional<TopicPartition> where) {
        return engine.groups()
                .get(group)
                .propose(new ForgetTestament(testament))
                .thenApply(forgotten -> {
                    where.ifPresent(partition -> engine.home(partition.topicId(), partition.partition())
                            .propose(new ForgetOrigin(partition.topicId(), partition.partition(), testament)));
                    return forgotten;
                });
    }

    @Override
    public Registration executeTestaments(TestamentExecutor executor) {
        return timers.executeTestaments(executor);
    }

    /** No session or testament falls due any more. */
    @Override
    public void close() {
        timers.close();
    }
}
