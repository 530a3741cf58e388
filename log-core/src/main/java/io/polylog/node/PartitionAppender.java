package io.polylog.node;

import io.polylog.broker.AppendResult;
import io.polylog.broker.Appender;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.engine.Append;
import io.polylog.engine.Growth;
import io.polylog.engine.LocalEngine;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Proposes appends to the home group of their partition. Stateless; any thread. */
final class PartitionAppender implements Appender {

    private final LocalEngine engine;
    private final boolean internalToo;

    /**
     * @param internalToo whether the gateway's own topics may be written: for their one writer only
     */
    PartitionAppender(LocalEngine engine, boolean internalToo) {
        this.engine = engine;
        this.internalToo = internalToo;
    }

    @Override
    public CompletionStage<AppendResult> append(TopicPartition partition, RecordBatch batch) {
        if (!internalToo && partition.topic().startsWith("__")) {
            return CompletableFuture.failedFuture(new RefusedException(
                    Refusal.INTERNAL_TOPIC, "topic " + partition.topic() + " is written by the gateway alone"));
        }
        return engine.home(partition.topicId(), partition.partition())
                .propose(
                        new Append(partition.topicId(), partition.partition(), batch),
                        // The gateway's own topics take positions of consumers, who may go on when producers may not.
                        internalToo ? Growth.LITTLE : Growth.MUCH);
    }
}
