package io.polylog.group;

import io.polylog.broker.AppendResult;
import io.polylog.broker.Appender;
import io.polylog.broker.Fetcher;
import io.polylog.broker.LogDirectory;
import io.polylog.broker.LogRead;
import io.polylog.broker.PartitionOffsets;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Registration;
import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import io.polylog.fake.FakeLog;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A log in memory with an apply thread of its own, which the test may tell to refuse appends or reads. */
final class ApplyingLog implements Appender, Fetcher, AutoCloseable {

    private final ExecutorService apply = Executors.newSingleThreadExecutor();
    private final FakeLog log = new FakeLog(apply);
    private final AtomicInteger refusals = new AtomicInteger();
    private final AtomicInteger readRefusals = new AtomicInteger();
    private final AtomicInteger appends = new AtomicInteger();

    void create(Topic topic) {
        onApply(() -> {
            Topics.partitions(topic).forEach(log::create);
            return null;
        });
    }

    /** The next {@code count} appends are refused and change nothing. */
    void refuseAppends(int count) {
        refusals.set(count);
    }

    void refuseReads(int count) {
        readRefusals.set(count);
    }

    int appends() {
        return appends.get();
    }

    /** How many of the refusals asked for are still to come. */
    int refusalsLeft() {
        return refusals.get();
    }

    @Override
    public CompletionStage<AppendResult> append(TopicPartition partition, RecordBatch batch) {
        return CompletableFuture.supplyAsync(
                () -> {
                    if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                        throw new RefusedException(Refusal.OVERLOADED, "refused by the test");
                    }
                    appends.incrementAndGet();
                    log.append(partition, batch);
                    return new AppendResult(batch.baseOffset(), 0, 0);
                },
                apply);
    }

    @Override
    public CompletionStage<LogRead> read(TopicPartition partition, long offset, int maxBytes, boolean atLeastOneBatch) {
        if (readRefusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            return CompletableFuture.failedStage(new RefusedException(Refusal.STORAGE_FAILED, "refused by the test"));
        }
        return log.read(partition, offset, maxBytes, atLeastOneBatch);
    }

    @Override
    public CompletionStage<LogRead> readCommitted(
            TopicPartition partition, long offset, int maxBytes, boolean atLeastOneBatch) {
        return log.readCommitted(partition, offset, maxBytes, atLeastOneBatch);
    }

    @Override
    public PartitionOffsets offsets(TopicPartition partition) {
        return onApply(() -> log.offsets(partition));
    }

    @Override
    public long sizeInBytes(TopicPartition partition) {
        return onApply(() -> log.sizeInBytes(partition));
    }

    @Override
    public CompletionStage<LogDirectory> directory() {
        return log.directory();
    }

    @Override
    public CompletionStage<Optional<TimedOffset>> offsetForTime(TopicPartition partition, long timestampMs) {
        return log.offsetForTime(partition, timestampMs);
    }

    @Override
    public CompletionStage<Optional<TimedOffset>> offsetOfMaxTimestamp(TopicPartition partition) {
        return log.offsetOfMaxTimestamp(partition);
    }

    @Override
    public Registration watch(TopicPartition partition, Runnable onAdvance) {
        return onApply(() -> log.watch(partition, onAdvance));
    }

    private <T> T onApply(java.util.function.Supplier<T> task) {
        return CompletableFuture.supplyAsync(task, apply).join();
    }

    @Override
    public void close() {
        apply.shutdown();
    }
}
