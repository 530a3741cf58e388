package io.polylog.share;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.engine.Command;
import io.polylog.engine.ForgetLedger;
import io.polylog.engine.LedgerId;
import io.polylog.engine.LedgerSnapshot;
import io.polylog.engine.LedgerState;
import io.polylog.engine.OpenLedger;
import io.polylog.engine.PlaceLedger;
import io.polylog.engine.ReplicaGroup;
import io.polylog.record.TopicPartition;
import io.polylog.share.ShareGroups.StartAt;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/**
 * What is durable about share groups' ledgers, for those who administer groups rather than consume. Any thread; stages
 * complete on apply threads.
 *
 * <p>Stages fail with {@link RefusedException}: {@code UNKNOWN_TOPIC}, {@code UNKNOWN_PARTITION}, what {@link
 * ReplicaGroup#propose} fails with, and {@code GROUP_IN_USE} where a method says so.
 */
public final class Ledgers {

    private final SharePorts ports;
    private final IntFunction<LedgerState> states;
    private final Predicate<LedgerId> inUse;

    /**
     * @param states the ledgers of a replica group
     * @param inUse whether a ledger has members; any thread may ask
     */
    public Ledgers(SharePorts ports, IntFunction<LedgerState> states, Predicate<LedgerId> inUse) {
        this.ports = ports;
        this.states = states;
        this.inUse = inUse;
    }

    /** How a ledger stands; made, if there is none, at that end of its topic's log. */
    public CompletionStage<LedgerSnapshot> open(LedgerId id, Function<Topic, StartAt> start) {
        return at(
                id,
                (topic, partition) ->
                        home(partition).propose(new OpenLedger(id, start.apply(topic) == StartAt.EARLIEST)));
    }

    /**
     * As {@link #open}, at the first record that is not older.
     *
     * @param timestampMs milliseconds since the Unix epoch
     */
    public CompletionStage<LedgerSnapshot> openSince(LedgerId id, long timestampMs) {
        return at(
                id,
                (topic, partition) -> ports.fetcher()
                        .offsetForTime(partition, timestampMs)
                        .thenCompose(found -> home(partition)
                                .propose(found.<Command<LedgerSnapshot>>map(
                                                time -> new PlaceLedger(id, time.offset(), false))
                                        .orElseGet(() -> new OpenLedger(id, false)))));
    }

    /** The group begins anew at an offset, or next to it in the log. Fails with {@code GROUP_IN_USE}. */
    public CompletionStage<LedgerSnapshot> reset(LedgerId id, long offset) {
        return unlessInUse(id, new PlaceLedger(id, offset, true));
    }

    /** Forgets a ledger; answers whether there was one. Fails with {@code GROUP_IN_USE}. */
    public CompletionStage<Boolean> delete(LedgerId id) {
        return unlessInUse(id, new ForgetLedger(id));
    }

    public CompletionStage<Optional<LedgerSnapshot>> find(LedgerId id) {
        return at(id, (topic, partition) -> {
            ReplicaGroup home = home(partition);
            return CompletableFuture.supplyAsync(() -> states.apply(home.id()).find(id), home.executor());
        });
    }

    /** Whether a ledger has members, or outcomes on their way; on its apply thread that holds until the next task. */
    public boolean isInUse(LedgerId id) {
        return inUse.test(id);
    }

    private <R> CompletionStage<R> unlessInUse(LedgerId id, Command<R> command) {
        return at(id, (topic, partition) -> {
            ReplicaGroup home = home(partition);
            return CompletableFuture.supplyAsync(() -> inUse.test(id), home.executor())
                    .thenCompose(used -> used
                            ? CompletableFuture.failedStage(new RefusedException(
                                    Refusal.GROUP_IN_USE, "share group " + id.groupId() + " has consumers"))
                            : home.propose(command));
        });
    }

    private ReplicaGroup home(TopicPartition partition) {
        return ports.homes().apply(partition);
    }

    private <R> CompletionStage<R> at(LedgerId id, BiFunction<Topic, TopicPartition, CompletionStage<R>> work) {
        Optional<Topic> topic = ports.topics().find(id.topicId());
        if (topic.isEmpty()) {
            return CompletableFuture.failedStage(
                    new RefusedException(Refusal.UNKNOWN_TOPIC, "no topic has the id " + id.topicId()));
        }
        if (id.partition() >= topic.get().partitionCount()) {
            return CompletableFuture.failedStage(new RefusedException(
                    Refusal.UNKNOWN_PARTITION, "topic " + topic.get().name() + " has no partition " + id.partition()));
        }
        return work.apply(topic.get(), topic.get().partition(id.partition()));
    }
}
