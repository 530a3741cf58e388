package io.polylog.node;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.engine.CompleteTransaction;
import io.polylog.engine.LocalEngine;
import io.polylog.engine.ReplicaGroup;
import io.polylog.engine.WriteMarker;
import io.polylog.group.GroupCoordinator;
import io.polylog.record.EndMarker;
import io.polylog.record.TopicPartition;
import io.polylog.time.Scheduler;
import io.polylog.txn.Phase;
import io.polylog.txn.Producer;
import io.polylog.txn.Transaction;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries decisions to the partitions: writes the markers of each transaction that is decided, then has it completed. What is
 * refused for now is tried again, at longer and longer intervals; partitions that are gone, or whose producer was fenced
 * meanwhile, need no marker. Markers are written once however often they are sent, so a decision is carried out anew after a
 * start. Any thread.
 */
final class TransactionMarkers implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(TransactionMarkers.class);

    private static final long FIRST_RETRY_MS = 20;
    private static final long LAST_RETRY_MS = 1000;

    private final LocalEngine engine;
    private final GroupCoordinator groups;
    private final Scheduler scheduler;
    private final Map<String, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();
    private volatile boolean closed;

    TransactionMarkers(LocalEngine engine, GroupCoordinator groups, Scheduler scheduler) {
        this.engine = engine;
        this.groups = groups;
        this.scheduler = scheduler;
    }

    /** Completes when the id's transaction has ended; at once if none is ending. */
    CompletionStage<Void> ended(String transactionalId) {
        return underWay.getOrDefault(transactionalId, CompletableFuture.completedFuture(null));
    }

    /** Carries out what is decided. */
    void send(Transaction decided) {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        CompletableFuture<Void> before = underWay.putIfAbsent(decided.id(), ended);
        if (before != null) { // its last steps are being taken
            before.whenComplete((done, failure) -> send(decided));
            return;
        }
        ReplicaGroup home = engine.groups().get(engine.homes().of(decided.id()));
        EndMarker marker = new EndMarker(decided.phase() == Phase.PREPARE_COMMIT, home.term());
        CompletableFuture<?>[] written = decided.partitions().stream()
                .map(partition -> untilDone(() -> write(partition, decided.producer(), marker)))
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(written)
                .thenCompose(
                        all -> untilDone(() -> home.propose(new CompleteTransaction(decided.id(), decided.producer()))))
                .whenComplete((done, failure) -> {
                    underWay.remove(decided.id(), ended);
                    ended.complete(null);
                });
    }

    /** Ends a producer's transaction in one partition. */
    CompletionStage<?> write(TopicPartition partition, Producer producer, EndMarker marker) {
        return partition.topic().equals(GroupCoordinator.TOPIC)
                ? groups.completeTransaction(partition.partition(), producer, marker)
                : engine.home(partition.topicId(), partition.partition())
                        .propose(new WriteMarker(
                                partition.topicId(), partition.partition(), producer.id(), producer.epoch(), marker));
    }

    private CompletableFuture<Void> untilDone(Supplier<CompletionStage<?>> work) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        attempt(work, done, FIRST_RETRY_MS);
        return done;
    }

    private void attempt(Supplier<CompletionStage<?>> work, CompletableFuture<Void> done, long retryMs) {
        work.get().whenComplete((answer, failure) -> {
            if (failure == null || isPointless(failure)) {
                done.complete(null);
            } else if (closed || isFinal(failure)) {
                done.completeExceptionally(failure); // the process ends; the next start goes on
            } else {
                scheduler.after(retryMs, () -> attempt(work, done, Math.min(2 * retryMs, LAST_RETRY_MS)));
            }
        });
    }

    private static boolean isPointless(Throwable failure) {
        Refusal refusal = refusal(failure);
        boolean pointless = refusal == Refusal.UNKNOWN_TOPIC
                || refusal == Refusal.STALE_PRODUCER_EPOCH
                || refusal == Refusal.COORDINATOR_FENCED;
        if (pointless) {
            log.atInfo()
                    .addKeyValue("reason", String.valueOf(failure.getMessage()))
                    .log("no marker is needed any more");
        }
        return pointless;
    }

    private static boolean isFinal(Throwable failure) {
        Refusal refusal = refusal(failure);
        return refusal == Refusal.CLOSED || refusal == Refusal.STORAGE_FAILED;
    }

    private static @Nullable Refusal refusal(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof RefusedException refused ? refused.refusal() : null;
    }

    /** Begins nothing more; what is left waits for the next start. */
    @Override
    public void close() {
        closed = true;
    }
}
