package io.polylog.group;

import io.polylog.record.TopicPartition;
import io.polylog.txn.Producer;
import java.util.concurrent.CompletionStage;

/** Lets a transaction's offsets into a partition of the offsets topic; {@link io.polylog.txn.TransactionCoordinator#enter}. */
@FunctionalInterface
public interface OffsetsGate {

    /** Completes when the partition is in the producer's open transaction; fails with a refusal. */
    CompletionStage<?> enter(String transactionalId, Producer producer, TopicPartition partition, boolean implicitly);
}
