package io.polylog.engine;

import io.polylog.broker.PartitionOffsets;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.fake.FakeLog;
import io.polylog.fake.ManualExecutor;
import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KvBatch;
import io.polylog.record.TopicPartition;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * A replica group that knows ledger commands only. A command goes through its encoded form, waits in {@code journal}
 * for the test to make it durable, and is applied on {@code thread}; the ledger state is the real one over a real store.
 */
public final class LedgerReplicaGroup implements ReplicaGroup {

    private final FakeLog log;
    private final Function<LedgerId, TopicPartition> partitions;
    private final ManualExecutor journal;
    private final ManualExecutor thread;
    private final KeyValueStore store;
    private final LedgerState state = new LedgerState();
    private Optional<Refusal> refuseNext = Optional.empty();
    private long index;

    /** Takes up the state that the store holds. */
    public LedgerReplicaGroup(
            FakeLog log,
            Function<LedgerId, TopicPartition> partitions,
            ManualExecutor journal,
            ManualExecutor thread,
            KeyValueStore store) {
        this.log = log;
        this.partitions = partitions;
        this.journal = journal;
        this.thread = thread;
        this.store = store;
        state.load(store);
    }

    public LedgerState ledgers() {
        return state;
    }

    public static String family() {
        return LedgerState.FAMILY;
    }

    public void refuseNext(Refusal refusal) {
        refuseNext = Optional.of(refusal);
    }

    @Override
    public int id() {
        return 1;
    }

    @Override
    public int term() {
        return 0;
    }

    @Override
    public <R> CompletionStage<R> propose(Command<R> command) {
        if (refuseNext.isPresent()) {
            RefusedException refused = new RefusedException(refuseNext.get(), "refused by the test");
            refuseNext = Optional.empty();
            return CompletableFuture.failedStage(refused);
        }
        ByteBuffer encoded = ByteBuffer.allocate(CommandCodec.sizeInBytes(command));
        CommandCodec.write(command, encoded);
        CompletableFuture<R> reply = new CompletableFuture<>();
        journal.execute(() -> thread.execute(() -> apply(encoded.flip(), reply)));
        return reply;
    }

    @SuppressWarnings("unchecked") // the reply of the command that was proposed
    private <R> void apply(ByteBuffer encoded, CompletableFuture<R> reply) {
        KvBatch changes = new KvBatch();
        ApplyContext context = new ApplyContext(++index, 0, 0, changes);
        Command<?> command = CommandCodec.read(encoded);
        Object answer;
        try {
            if (command instanceof OpenLedger open) {
                PartitionOffsets offsets = log.offsets(partitions.apply(open.id()));
                answer = state.open(
                        open.id(), open.fromLogStart() ? offsets.logStart() : offsets.highWatermark(), context);
            } else if (command instanceof PlaceLedger place) {
                if (place.anew()) {
                    state.forget(place.id(), context);
                }
                answer = state.open(place.id(), place.startOffset(), context);
            } else if (command instanceof ForgetLedger forget) {
                answer = state.forget(forget.id(), context);
            } else if (command instanceof SettleRecords settle) {
                long end = log.offsets(partitions.apply(settle.id())).highWatermark();
                state.settle(settle.id(), settle.settlements(), end, context);
                answer = true;
            } else if (command instanceof MarkDelivered mark) {
                state.delivered(mark.id(), mark.end(), context);
                answer = true;
            } else if (command instanceof TrimSettled trim) {
                TopicPartition partition = log.find(trim.topicId(), trim.partition());
                long start = state.lowestStart(trim.topicId(), trim.partition()).orElseThrow();
                log.advanceLogStart(partition, start);
                answer = start;
            } else if (command instanceof SendDeadLetters send) {
                long end = log.offsets(partitions.apply(send.id())).highWatermark();
                state.settle(send.id(), send.settlements(), end, context);
                for (SendDeadLetters.Letter letter : send.letters()) {
                    RecordTransfer record = letter.record();
                    log.append(log.find(record.topicId(), record.partition()), record.batch());
                }
                answer = true;
            } else {
                throw new IllegalArgumentException(command.toString());
            }
        } catch (RefusedException refused) {
            reply.completeExceptionally(refused);
            return;
        }
        store.write(changes);
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
