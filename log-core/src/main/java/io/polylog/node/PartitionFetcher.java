package io.polylog.node;

import io.polylog.broker.Fetcher;
import io.polylog.broker.LogDirectory;
import io.polylog.broker.LogRead;
import io.polylog.broker.PartitionOffsets;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Registration;
import io.polylog.engine.Partition;
import io.polylog.engine.PartitionTable;
import io.polylog.record.TopicPartition;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Reads partitions on the worker pool. Stateless; any thread. */
final class PartitionFetcher implements Fetcher {

    private final PartitionTable partitions;
    private final Executor workers;
    private final Look<LogDirectory> directory;

    /**
     * @param directory where the partitions are; asked on a worker
     */
    PartitionFetcher(PartitionTable partitions, Executor workers, Look<LogDirectory> directory) {
        this.partitions = partitions;
        this.workers = workers;
        this.directory = directory;
    }

    /** Something that may have to wait for the device. */
    interface Look<T> {
        T now() throws IOException;
    }

    @Override
    public CompletionStage<LogRead> read(TopicPartition partition, long offset, int maxBytes, boolean atLeastOneBatch) {
        return onWorker(partition, found -> found.log().read(offset, maxBytes, atLeastOneBatch));
    }

    @Override
    public CompletionStage<LogRead> readCommitted(
            TopicPartition partition, long offset, int maxBytes, boolean atLeastOneBatch) {
        return onWorker(partition, found -> {
            LogRead read = found.log().readCommitted(offset, maxBytes, atLeastOneBatch);
            try {
                long end = offset + read.slice().offsetCount();
                return new LogRead(read.slice(), read.offsets(), found.aborted().between(offset, end));
            } catch (RuntimeException unreadable) {
                read.close();
                throw unreadable;
            }
        });
    }

    @Override
    public PartitionOffsets offsets(TopicPartition partition) {
        return existing(partition).log().offsets();
    }

    @Override
    public long sizeInBytes(TopicPartition partition) {
        return existing(partition).log().sizeInBytes();
    }

    @Override
    public CompletionStage<LogDirectory> directory() {
        return onWorker("the room of the data directory", directory);
    }

    @Override
    public CompletionStage<Optional<TimedOffset>> offsetForTime(TopicPartition partition, long timestampMs) {
        return onWorker(partition, found -> found.log().offsetForTime(timestampMs));
    }

    @Override
    public CompletionStage<Optional<TimedOffset>> offsetOfMaxTimestamp(TopicPartition partition) {
        return onWorker(partition, found -> found.log().offsetOfMaxTimestamp());
    }

    @Override
    public Registration watch(TopicPartition partition, Runnable onAdvance) {
        return existing(partition).watch(onAdvance);
    }

    private Partition existing(TopicPartition id) {
        Partition partition = partitions.find(id.topicId(), id.partition());
        if (partition == null) {
            throw new RefusedException(Refusal.UNKNOWN_TOPIC, "partition " + id + " does not exist");
        }
        return partition;
    }

    private interface Read<T> {
        T from(Partition partition) throws IOException;
    }

    private <T> CompletionStage<T> onWorker(TopicPartition id, Read<T> read) {
        try {
            Partition partition = existing(id);
            return onWorker(id.toString(), () -> read.from(partition));
        } catch (RefusedException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    private <T> CompletionStage<T> onWorker(String what, Look<T> look) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            workers.execute(() -> {
                try {
                    result.complete(look.now());
                } catch (IOException failure) {
                    result.completeExceptionally(new RefusedException(
                            Refusal.STORAGE_FAILED, "cannot read " + what + ": " + failure.getMessage()));
                } catch (RuntimeException failure) {
                    result.completeExceptionally(failure);
                }
            });
        } catch (RejectedExecutionException full) {
            result.completeExceptionally(
                    new RefusedException(Refusal.OVERLOADED, "too many reads are waiting, or the gateway is stopping"));
        }
        return result;
    }
}
