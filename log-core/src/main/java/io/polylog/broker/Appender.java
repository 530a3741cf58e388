package io.polylog.broker;

import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import java.util.concurrent.CompletionStage;

/** Writes record batches to partitions. */
public interface Appender {

    /**
     * Appends one batch. The stage completes when the batch is durable and visible to consumers.
     *
     * <p>The batch must have passed {@link io.polylog.record.BatchValidator}; its buffer belongs to the log from this
     * call on. Fails with {@link RefusedException}: {@code UNKNOWN_TOPIC}, {@code UNKNOWN_PARTITION},
     * {@code INTERNAL_TOPIC}, {@code OUT_OF_ORDER_SEQUENCE}, {@code DUPLICATE_SEQUENCE}, {@code STALE_PRODUCER_EPOCH},
     * {@code OVERLOADED}, {@code DISK_FULL}, {@code STORAGE_FAILED}, {@code CLOSED}.
     */
    CompletionStage<AppendResult> append(TopicPartition partition, RecordBatch batch);
}
