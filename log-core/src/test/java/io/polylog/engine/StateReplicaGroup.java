package io.polylog.engine;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.disk.Disk;
import io.polylog.fake.ManualExecutor;
import io.polylog.kv.KvBatch;
import io.polylog.metric.Meters;
import io.polylog.time.Scheduler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A replica group with the whole state over real stores and logs. A command goes through its encoded form, waits in a
 * journal for the test to make it durable, and is applied on a thread that the test steps.
 */
final class StateReplicaGroup implements ReplicaGroup {

    private final int id;
    private final LazyStore store;
    private final ManualExecutor journal;
    private final ManualExecutor thread = new ManualExecutor();
    private final BooleanSupplier overloaded;
    private final PartitionTable partitions = new PartitionTable();
    private final GroupState state;
    private long index;

    /** Takes up what the store and the logs hold, as after a crash. */
    StateReplicaGroup(int id, Path home, LazyStore store, ManualExecutor journal, BooleanSupplier overloaded)
            throws IOException {
        this.id = id;
        this.store = store;
        this.journal = journal;
        this.overloaded = overloaded;
        TestamentState testaments = new TestamentState(store::ifOpen);
        this.state = new GroupState(
                new TopicState(),
                new PartitionState(Disk.system(), home, 128 << 20, partitions, store::ifOpen),
                new ProducerIdState(),
                new TransactionState(),
                new LedgerState(),
                new ConfigState(ConfigState.GROUPS),
                new ConfigState(ConfigState.BROKERS),
                new ConfigState(ConfigState.CLIENT_METRICS),
                new OriginState(),
                new SessionState(store::ifOpen, testaments),
                testaments,
                new RetainedState(new Homes(1), store::ifOpen),
                new ScheduleState(store),
                new Outbox(id, store),
                new Inbox(),
                new SecurityState());
        state.load(store.get());
    }

    static Transfers transfers(List<StateReplicaGroup> groups, Scheduler scheduler) {
        return new Transfers(
                groups.stream()
                        .map(group -> new Transfers.Source(group, group.state.outbox()))
                        .toList(),
                scheduler,
                Meters.none());
    }

    GroupState state() {
        return state;
    }

    PartitionTable partitions() {
        return partitions;
    }

    ManualExecutor thread() {
        return thread;
    }

    void crash() throws IOException {
        for (Partition partition : partitions.all()) {
            partition.log().close();
        }
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public int term() {
        return 0;
    }

    @Override
    public <R> CompletionStage<R> propose(Command<R> command) {
        if (overloaded.getAsBoolean()) {
            return CompletableFuture.failedStage(new RefusedException(Refusal.OVERLOADED, "by the test"));
        }
        ByteBuffer encoded = ByteBuffer.allocate(CommandCodec.sizeInBytes(command));
        CommandCodec.write(command, encoded);
        Command<?> read = CommandCodec.read(encoded.flip());
        CompletableFuture<R> reply = new CompletableFuture<>();
        journal.execute(() -> thread.execute(() -> apply(context -> read.applyTo(state, context), reply)));
        return reply;
    }

    /** Proposes a change that no command makes. */
    void change(Consumer<ApplyContext> change) {
        journal.execute(() -> thread.execute(() -> apply(
                context -> {
                    change.accept(context);
                    return true;
                },
                new CompletableFuture<>())));
    }

    private interface Change {
        @Nullable
        Object apply(ApplyContext context);
    }

    @SuppressWarnings("unchecked") // the reply of the command that was proposed
    private <R> void apply(Change change, CompletableFuture<R> reply) {
        KvBatch changes = new KvBatch();
        ApplyContext context = new ApplyContext(++index, 0, 0, changes);
        @Nullable Object answer;
        try {
            answer = change.apply(context);
        } catch (RefusedException refused) {
            reply.completeExceptionally(refused);
            return;
        }
        state.partitions().recordPositions(context);
        store.write(changes);
        state.partitions().publish();
        context.runAfterApply();
        reply.complete((R) answer);
    }

    @Override
    public Executor executor() {
        return thread;
    }

    @Override
    public boolean isOwner() {
        return thread.isRunning();
    }
}
