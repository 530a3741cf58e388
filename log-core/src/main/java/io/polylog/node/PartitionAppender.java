package io.polylog.node;

import io.polylog.broker.AppendResult;
import io.polylog.broker.Appender;
import io.polylog.broker.Marks;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.engine.Append;
import io.polylog.engine.AppendMarked;
import io.polylog.engine.Command;
import io.polylog.engine.ForgetOrigin;
import io.polylog.engine.Growth;
import io.polylog.engine.LocalEngine;
import io.polylog.engine.MarkedAppend;
import io.polylog.metric.Meters;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import io.polylog.time.NanoClock;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Proposes appends to the home group of their partition, and measures how long they take. Any thread. */
final class PartitionAppender implements Appender {

    private final LocalEngine engine;
    private final boolean internalToo;
    private final NanoClock clock;
    private final Meters.Timer timer;

    /**
     * @param internalToo whether the gateway's own topics may be written: for their one writer only
     */
    PartitionAppender(LocalEngine engine, boolean internalToo, NanoClock clock, Meters meters) {
        this.engine = engine;
        this.internalToo = internalToo;
        this.clock = clock;
        this.timer = meters.timer("polylog_append_seconds");
    }

    @Override
    public CompletionStage<AppendResult> append(TopicPartition partition, RecordBatch batch) {
        if (isForeign(partition)) {
            return refused(partition);
        }
        if (!internalToo && (batch.isTransactional() || batch.isControl())) {
            return CompletableFuture.failedFuture(new RefusedException(
                    Refusal.INVALID_TRANSACTION_STATE, "a batch of a transaction goes through its coordinator"));
        }
        return propose(
                partition,
                new Append(partition.topicId(), partition.partition(), batch),
                // The gateway's own topics take positions of consumers, who may go on when producers may not.
                internalToo ? Growth.LITTLE : Growth.MUCH);
    }

    /** Appends single records of which some have marks; one mark each. */
    CompletionStage<MarkedAppend> append(TopicPartition partition, RecordBatch batch, List<Marks> marks) {
        if (isForeign(partition)) {
            return refused(partition);
        }
        return propose(
                partition, new AppendMarked(partition.topicId(), partition.partition(), batch, marks), Growth.MUCH);
    }

    private <R> CompletionStage<R> propose(TopicPartition partition, Command<R> command, Growth growth) {
        long startedAt = clock.nanoTime();
        CompletionStage<R> applied =
                engine.home(partition.topicId(), partition.partition()).propose(command, growth);
        applied.whenComplete((result, failure) -> {
            if (failure == null) {
                timer.record(clock.nanoTime() - startedAt);
            }
        });
        return applied;
    }

    CompletionStage<Void> forget(TopicPartition partition, UUID origin) {
        return engine.home(partition.topicId(), partition.partition())
                .propose(new ForgetOrigin(partition.topicId(), partition.partition(), origin))
                .thenApply(forgotten -> null);
    }

    private boolean isForeign(TopicPartition partition) {
        return !internalToo && partition.internal();
    }

    private static <T> CompletionStage<T> refused(TopicPartition partition) {
        return CompletableFuture.failedFuture(new RefusedException(
                Refusal.INTERNAL_TOPIC, "topic " + partition.topic() + " is written by the gateway alone"));
    }
}
