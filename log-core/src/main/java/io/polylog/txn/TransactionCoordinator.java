package io.polylog.txn;

import io.polylog.broker.AppendResult;
import io.polylog.record.EndMarker;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Transactions: who writes under a transactional id, and what becomes of what it writes. Any thread; never blocks. Stages fail
 * with {@link io.polylog.broker.RefusedException}, as {@link Transaction} says; with {@code UNKNOWN_TRANSACTION} for an id
 * that nobody has claimed.
 *
 * <p>A decision is durable when its stage completes; the partitions' markers follow, whenever the process ends. Until all are
 * written the id's next transaction is refused with {@code TRANSACTION_ENDING}, unless said otherwise.
 */
public interface TransactionCoordinator {

    /** Longest time that a transaction may ask to stay open: Kafka's default of {@code transaction.max.timeout.ms}. */
    int MAX_TIMEOUT_MS = 15 * 60 * 1000;

    /**
     * Gives the id to a client; see {@link Transaction#claim}. Fails with {@code TRANSACTION_ENDING} when an open transaction
     * has to be aborted first, and with {@code INVALID_TRANSACTION_TIMEOUT}.
     *
     * @param timeoutMs 1 to {@link #MAX_TIMEOUT_MS}
     */
    CompletionStage<Producer> claim(String transactionalId, int timeoutMs, Optional<Producer> claimant);

    /** Adds partitions to the open transaction, or opens one, for a producer whose epoch stays. */
    CompletionStage<Transaction> add(String transactionalId, Producer producer, Collection<TopicPartition> partitions);

    /**
     * Makes sure that the partition is in the open transaction. With {@code implicitly} it is added, once the transaction before
     * has ended (KIP-890); otherwise it must have been.
     */
    CompletionStage<Transaction> enter(
            String transactionalId, Producer producer, TopicPartition partition, boolean implicitly);

    /** Appends a batch whose producer has the partition in its transaction, after {@link #enter}; in the order of the calls. */
    CompletionStage<AppendResult> append(
            String transactionalId, TopicPartition partition, RecordBatch batch, boolean implicitly);

    /**
     * Decides the transaction; the same again is answered the same.
     *
     * @param bumps whether the producer's epoch is raised with it (KIP-890)
     * @return who goes on
     */
    CompletionStage<Producer> end(String transactionalId, Producer producer, boolean commit, boolean bumps);

    /**
     * Ends a transaction in one partition by hand, for one that its coordinator has forgotten. Fails with {@code
     * UNKNOWN_TOPIC}, {@code STALE_PRODUCER_EPOCH}, {@code COORDINATOR_FENCED}.
     */
    CompletionStage<Void> mark(TopicPartition partition, Producer producer, EndMarker marker);

    Optional<Transaction> find(String transactionalId);

    /** All ids there are, as they stand. */
    List<Transaction> all();

    /** The producers that a partition remembers. Fails with {@code UNKNOWN_TOPIC}. */
    CompletionStage<List<ActiveProducer>> producers(TopicPartition partition);
}
