package io.polylog.group;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.coordinator.common.runtime.PartitionWriter;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/** What Kafka's coordinator writes through: hands each call to the partition it is for. Entered as those are. */
final class OffsetsWriter implements PartitionWriter {

    private final List<OffsetsPartition> partitions;
    private final IntConsumer onActive;
    private final LogConfig config =
            new LogConfig(Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, OffsetsPartition.MAX_BATCH_BYTES));

    /**
     * @param onActive told which partition is loaded and open: the coordinator registers its listener exactly then
     */
    OffsetsWriter(List<OffsetsPartition> partitions, IntConsumer onActive) {
        this.partitions = partitions;
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
        return partitions.get(partition.partition()).append(records);
    }

    /** Refused: the port has no way to commit offsets inside a transaction. */
    @Override
    public CompletableFuture<VerificationGuard> maybeStartTransactionVerification(
            TopicPartition partition, String transactionalId, long producerId, short producerEpoch, int apiVersion) {
        return CompletableFuture.failedFuture(
                new UnsupportedVersionException("offsets are not committed inside transactions"));
    }

    /** Refused: only share state is trimmed this way, and that is not kept here. */
    @Override
    public CompletableFuture<Void> deleteRecords(TopicPartition partition, long beforeOffset) {
        return CompletableFuture.failedFuture(
                new UnsupportedVersionException("the offsets topic is compacted, not trimmed"));
    }
}
