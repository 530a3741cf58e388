package io.polylog.node;

import io.polylog.broker.AppendResult;
import io.polylog.broker.ProducerIds;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.engine.AddToTransaction;
import io.polylog.engine.AppendInTransaction;
import io.polylog.engine.ClaimTransactionalId;
import io.polylog.engine.Command;
import io.polylog.engine.EndTransaction;
import io.polylog.engine.ExpireTransaction;
import io.polylog.engine.LocalEngine;
import io.polylog.engine.Partition;
import io.polylog.engine.ReplicaGroup;
import io.polylog.group.GroupCoordinator;
import io.polylog.record.EndMarker;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import io.polylog.time.Alarms;
import io.polylog.time.EpochClock;
import io.polylog.time.Scheduler;
import io.polylog.txn.ActiveProducer;
import io.polylog.txn.Producer;
import io.polylog.txn.Transaction;
import io.polylog.txn.TransactionCoordinator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * The transactions of this process: each id in the replica group that is home to its name. What can be answered from the state as
 * it stands is answered without a write; everything else is decided again when its command is applied. Any thread.
 *
 * <p>{@link #start} carries out what was decided before the process ended, and keeps the time from then on.
 */
final class DurableTransactions implements TransactionCoordinator, AutoCloseable {

    private final LocalEngine engine;
    private final ProducerIds producerIds;
    private final EpochClock clock;
    private final DueActions due;
    private final TransactionMarkers markers;
    private final TransactionLane lane = new TransactionLane();

    DurableTransactions(
            LocalEngine engine,
            ProducerIds producerIds,
            GroupCoordinator groups,
            EpochClock clock,
            Alarms alarms,
            Scheduler scheduler) {
        this.engine = engine;
        this.producerIds = producerIds;
        this.clock = clock;
        this.due = new DueActions(clock, alarms);
        this.markers = new TransactionMarkers(engine, groups, scheduler);
    }

    void start() {
        for (ReplicaGroup group : engine.groups()) {
            engine.transactions(group.id()).watch(this::follow);
        }
        all().forEach(this::follow);
    }

    private void follow(Transaction changed) {
        if (changed.phase().isEnding()) {
            due.remove(changed.id());
            markers.send(changed);
        } else {
            due.put(
                    changed.id(),
                    changed.dueMs(),
                    () -> home(changed.id()).propose(new ExpireTransaction(changed.id())));
        }
    }

    private ReplicaGroup home(String transactionalId) {
        return engine.groups().get(engine.homes().of(transactionalId));
    }

    private <R> CompletionStage<R> propose(String transactionalId, Command<R> command) {
        return home(transactionalId).propose(command);
    }

    @Override
    public Optional<Transaction> find(String transactionalId) {
        return engine.transactions(engine.homes().of(transactionalId)).find(transactionalId);
    }

    @Override
    public List<Transaction> all() {
        List<Transaction> all = new ArrayList<>();
        for (ReplicaGroup group : engine.groups()) {
            all.addAll(engine.transactions(group.id()).all());
        }
        return all;
    }

    private Transaction existing(String transactionalId) {
        return find(transactionalId)
                .orElseThrow(() -> new RefusedException(
                        Refusal.UNKNOWN_TRANSACTION, "no client has claimed the transactional id " + transactionalId));
    }

    @Override
    public CompletionStage<Producer> claim(String transactionalId, int timeoutMs, Optional<Producer> claimant) {
        if (timeoutMs < 1 || timeoutMs > MAX_TIMEOUT_MS) {
            return CompletableFuture.failedStage(new RefusedException(
                    Refusal.INVALID_TRANSACTION_TIMEOUT,
                    "a transaction may stay open for 1 to " + MAX_TIMEOUT_MS + " ms, not " + timeoutMs));
        }
        boolean needsId = find(transactionalId).map(Transaction::usesUpEpochs).orElse(true);
        return freshId(needsId)
                .thenCompose(id ->
                        propose(transactionalId, new ClaimTransactionalId(transactionalId, timeoutMs, id, claimant)))
                .thenApply(claimed -> {
                    if (claimed.phase().isEnding()) {
                        throw new RefusedException(
                                Refusal.TRANSACTION_ENDING,
                                "the open transaction of " + transactionalId + " is aborted");
                    }
                    return claimed.producer();
                });
    }

    private CompletionStage<Long> freshId(boolean needed) {
        return needed ? producerIds.next() : CompletableFuture.completedFuture((long) Transaction.NONE);
    }

    @Override
    public CompletionStage<Transaction> add(
            String transactionalId, Producer producer, Collection<TopicPartition> partitions) {
        return add(transactionalId, producer, partitions, false);
    }

    private CompletionStage<Transaction> add(
            String transactionalId, Producer producer, Collection<TopicPartition> partitions, boolean bumps) {
        try {
            Transaction now = existing(transactionalId);
            return now.add(producer, partitions, bumps, clock.timeMs()).equals(now)
                    ? CompletableFuture.completedFuture(now)
                    : propose(transactionalId, new AddToTransaction(transactionalId, producer, bumps, partitions));
        } catch (RefusedException refused) {
            return CompletableFuture.failedStage(refused);
        }
    }

    @Override
    public CompletionStage<Transaction> enter(
            String transactionalId, Producer producer, TopicPartition partition, boolean implicitly) {
        if (implicitly) {
            return markers.ended(transactionalId)
                    .thenCompose(ended -> add(transactionalId, producer, List.of(partition), true));
        }
        try {
            Transaction now = existing(transactionalId);
            now.verify(producer, partition);
            return CompletableFuture.completedFuture(now);
        } catch (RefusedException refused) {
            return CompletableFuture.failedStage(refused);
        }
    }

    @Override
    public CompletionStage<AppendResult> append(
            String transactionalId, TopicPartition partition, RecordBatch batch, boolean implicitly) {
        Partition hosted = engine.partitions().find(partition.topicId(), partition.partition());
        if (hosted == null || partition.internal()) {
            return CompletableFuture.failedStage(new RefusedException(
                    hosted == null ? Refusal.UNKNOWN_TOPIC : Refusal.INTERNAL_TOPIC, partition + " takes no records"));
        }
        Producer producer = new Producer(batch.producerId(), batch.producerEpoch());
        TransactionLane.Key key = new TransactionLane.Key(partition.topicId(), partition.partition(), producer.id());
        if (!lane.isBusy(key)) {
            // Before it is looked whether the transaction is open: should that end meanwhile, the batch comes too late.
            long lastMarker = hosted.lastMarker(producer.id());
            if (hosted.isInTransaction(producer)) {
                return propose(partition, batch, lastMarker);
            }
        }
        CompletableFuture<AppendResult> appended = new CompletableFuture<>();
        lane.run(key, () -> {
            CompletionStage<Long> entered = markers.ended(transactionalId).thenCompose(ended -> {
                long lastMarker = hosted.lastMarker(producer.id());
                return hosted.isInTransaction(producer)
                        ? CompletableFuture.completedFuture(lastMarker)
                        : enter(transactionalId, producer, partition, implicitly)
                                .thenApply(inside -> lastMarker);
            });
            return entered.whenComplete((lastMarker, failure) -> {
                if (failure == null) {
                    propose(partition, batch, lastMarker).whenComplete((result, refusal) -> {
                        if (refusal == null) {
                            appended.complete(result);
                        } else {
                            appended.completeExceptionally(refusal);
                        }
                    });
                } else {
                    appended.completeExceptionally(failure);
                }
            });
        });
        return appended;
    }

    private CompletionStage<AppendResult> propose(TopicPartition partition, RecordBatch batch, long lastMarker) {
        return engine.home(partition.topicId(), partition.partition())
                .propose(new AppendInTransaction(partition.topicId(), partition.partition(), lastMarker, batch));
    }

    @Override
    public CompletionStage<Producer> end(String transactionalId, Producer producer, boolean commit, boolean bumps) {
        try {
            Transaction now = existing(transactionalId);
            boolean needsId = bumps && now.usesUpEpochs();
            // Whatever it answers: a refusal now, or that it has ended just so before.
            if (now.end(producer, commit, bumps, needsId ? 0 : Transaction.NONE, clock.timeMs())
                    .equals(now)) {
                return CompletableFuture.completedFuture(now.producer());
            }
            return freshId(needsId)
                    .thenCompose(id ->
                            propose(transactionalId, new EndTransaction(transactionalId, producer, commit, bumps, id)))
                    .thenApply(Transaction::successor);
        } catch (RefusedException refused) {
            return CompletableFuture.failedStage(refused);
        }
    }

    @Override
    public CompletionStage<Void> mark(TopicPartition partition, Producer producer, EndMarker marker) {
        return markers.write(partition, producer, marker).thenApply(written -> null);
    }

    @Override
    public CompletionStage<List<ActiveProducer>> producers(TopicPartition partition) {
        return CompletableFuture.supplyAsync(
                () -> {
                    Partition hosted = engine.partitions().find(partition.topicId(), partition.partition());
                    if (hosted == null) {
                        throw new CompletionException(new RefusedException(
                                Refusal.UNKNOWN_TOPIC, "partition " + partition + " does not exist"));
                    }
                    return hosted.activeProducers();
                },
                engine.home(partition.topicId(), partition.partition()).executor());
    }

    @Override
    public void close() {
        due.close();
        markers.close();
    }
}
