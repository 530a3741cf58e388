package io.polylog.group;

import io.polylog.broker.RefusedException;
import io.polylog.txn.Producer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.IntConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.ConcurrentTransactionsException;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.coordinator.common.runtime.PartitionWriter;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/** What Kafka's coordinator writes through: hands each call to the partition it is for. Entered as those are. */
final class OffsetsWriter implements PartitionWriter {

    /** Versions of TxnOffsetCommit: from here on the transaction takes the partition in by itself (KIP-890). */
    private static final int FIRST_VERSION_THAT_ADDS = 5;

    private static final int FIRST_VERSION_WITH_ABORTABLE = 4;

    private final List<OffsetsPartition> partitions;
    private final OffsetsGate gate;
    private final IntConsumer onActive;
    private final LogConfig config =
            new LogConfig(Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, OffsetsPartition.MAX_BATCH_BYTES));

    /**
     * @param onActive told which partition is loaded and open: the coordinator registers its listener exactly then
     */
    OffsetsWriter(List<OffsetsPartition> partitions, OffsetsGate gate, IntConsumer onActive) {
        this.partitions = partitions;
        this.gate = gate;
        this.onActive = onActive;
    }

    @Override
    public void registerListener(TopicPartition partition, Listener listener) {
        partitions.get(partition.partition()).listen(listener);
        onActive.accept(partition.partition());
    }

    @Override
    public void deregisterListener(TopicPartition partition, Listener listener) {
        partitions.get(partition.partition()).stopListening();
    }

    @Override
    public LogConfig config(TopicPartition partition) {
        return config;
    }

    @Override
    public long append(
            TopicPartition partition, VerificationGuard guard, MemoryRecords records, short transactionVersion) {
        return partitions.get(partition.partition()).append(records, guard);
    }

    /** KIP-890: a commit that comes after its transaction's end must not open another, which nobody would end. */
    @Override
    public CompletableFuture<VerificationGuard> maybeStartTransactionVerification(
            TopicPartition partition, String transactionalId, long producerId, short producerEpoch, int apiVersion) {
        OffsetsPartition offsets = partitions.get(partition.partition());
        VerificationGuard guard = offsets.guard(producerId);
        return gate.enter(
                        transactionalId,
                        new Producer(producerId, producerEpoch),
                        offsets.partition(),
                        apiVersion >= FIRST_VERSION_THAT_ADDS)
                .<VerificationGuard>thenApply(entered -> guard)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(kafkas(failure, apiVersion)))
                .toCompletableFuture();
    }

    /** What Kafka's coordinator answers by. */
    private static Throwable kafkas(Throwable failure, int apiVersion) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (!(cause instanceof RefusedException refused)) {
            return cause;
        }
        String reason = String.valueOf(refused.getMessage());
        return switch (refused.refusal()) {
            case UNKNOWN_TRANSACTION -> new InvalidPidMappingException(reason);
            case PRODUCER_FENCED -> new InvalidProducerEpochException(reason);
            case TRANSACTION_ENDING -> new ConcurrentTransactionsException(reason);
            case NOT_IN_TRANSACTION ->
                apiVersion >= FIRST_VERSION_WITH_ABORTABLE
                        ? new TransactionAbortableException(reason)
                        : new InvalidTxnStateException(reason);
            default -> new CoordinatorNotAvailableException(reason);
        };
    }

    /** Refused: only share state is trimmed this way, and that is not kept here. */
    @Override
    public CompletableFuture<Void> deleteRecords(TopicPartition partition, long beforeOffset) {
        return CompletableFuture.failedFuture(
                new UnsupportedVersionException("the offsets topic is compacted, not trimmed"));
    }
}
