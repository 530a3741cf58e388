package io.polylog.node;

import io.polylog.broker.Marks;
import io.polylog.broker.Publisher;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Registration;
import io.polylog.broker.Topic;
import io.polylog.broker.TopicLife;
import io.polylog.broker.TopicSettings;
import io.polylog.broker.Topics;
import io.polylog.record.Partitioner;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Gathers single records into batches, one gathering per partition: a record that finds nothing on its way to the disk
 * goes at once, and those that come meanwhile go together as the next batch. Any thread.
 */
final class CoalescingPublisher implements Publisher, AutoCloseable {

    /** Records of one batch. */
    private static final int MAX_BATCH_RECORDS = 4096;

    /** Bytes of one batch, but for a single larger record. */
    private static final int MAX_BATCH_BYTES = 1 << 20;

    /** Bytes that may wait for one partition. */
    private static final long MAX_WAITING_BYTES = 32 << 20;

    /** Bytes of one record in a topic that sets no {@code max.message.bytes}; the doors have smaller limits of their own. */
    private static final int MAX_RECORD_BYTES = 64 << 20;

    private final Topics topics;
    private final PartitionAppender appender;
    private final DurableSchedules schedules;
    private final Executor workers;
    private final Map<TopicPartition, Gathering> gatherings = new ConcurrentHashMap<>();
    private final Registration deletions;

    CoalescingPublisher(Topics topics, PartitionAppender appender, DurableSchedules schedules, Executor workers) {
        this.topics = topics;
        this.appender = appender;
        this.schedules = schedules;
        this.workers = workers;
        this.deletions = topics.listen(new Topics.Listener() {
            @Override
            public void changed(Topic topic) {}

            @Override
            public void deleted(Topic topic) {
                Topics.partitions(topic).forEach(gatherings::remove);
            }
        });
    }

    @Override
    public CompletionStage<Published> publish(Topic topic, Record record) {
        return publish(topic.partition(Partitioner.partitionFor(record.key(), topic.partitionCount())), record);
    }

    @Override
    public CompletionStage<Published> publish(TopicPartition partition, Record record) {
        return publish(partition, record, Marks.NONE);
    }

    @Override
    public CompletionStage<Void> forget(TopicPartition partition, UUID origin) {
        return appender.forget(partition, origin);
    }

    @Override
    public CompletionStage<Published> publish(TopicPartition partition, Record record, Marks marks) {
        int size = record.sizeInBytes();
        Optional<Topic> target = topics.find(partition.topicId());
        if (record.key() == null && target.filter(TopicLife::compacts).isPresent()) {
            return CompletableFuture.failedFuture(new RefusedException(
                    Refusal.INVALID_RECORD,
                    "topic " + partition.topic() + " is compacted and takes no message without key"));
        }
        int limit = target.filter(topic -> topic.settings().containsKey(TopicSettings.MAX_MESSAGE_BYTES))
                .map(TopicSettings::maxMessageBytes)
                .orElse(MAX_RECORD_BYTES);
        if (size > limit) {
            return CompletableFuture.failedFuture(
                    new RefusedException(Refusal.BATCH_TOO_LARGE, "message of " + size + " bytes; at most " + limit));
        }
        if (schedules.concerns(partition, record)) {
            return schedules.publish(partition, record, marks);
        }
        return gatherings.computeIfAbsent(partition, Gathering::new).add(record, marks, size);
    }

    @Override
    public void close() {
        deletions.close();
    }

    private record Waiting(Record record, Marks marks, int size, CompletableFuture<Published> result) {}

    /** What waits for one partition, and whether a batch of it is on its way. */
    private final class Gathering {
        private final TopicPartition partition;
        private final Queue<Waiting> waiting = new ArrayDeque<>();
        private long waitingBytes;
        private boolean onItsWay;

        Gathering(TopicPartition partition) {
            this.partition = partition;
        }

        CompletionStage<Published> add(Record record, Marks marks, int size) {
            CompletableFuture<Published> result = new CompletableFuture<>();
            List<Waiting> batch;
            synchronized (this) {
                if (waitingBytes > MAX_WAITING_BYTES) {
                    result.completeExceptionally(new RefusedException(
                            Refusal.OVERLOADED, "more waits for partition " + partition + " than the gateway holds"));
                    return result;
                }
                waiting.add(new Waiting(record, marks, size, result));
                waitingBytes += size;
                batch = onItsWay ? null : next();
            }
            if (batch != null) {
                send(batch);
            }
            return result;
        }

        /** The next batch to send, or null if nothing waits; the caller holds the monitor. */
        private @Nullable List<Waiting> next() {
            List<Waiting> batch = new ArrayList<>();
            long bytes = 0;
            Waiting head = waiting.peek();
            while (head != null
                    && batch.size() < MAX_BATCH_RECORDS
                    && (batch.isEmpty() || bytes + head.size() <= MAX_BATCH_BYTES)) {
                batch.add(head);
                bytes += head.size();
                waiting.remove();
                head = waiting.peek();
            }
            waitingBytes -= bytes;
            onItsWay = !batch.isEmpty();
            return batch.isEmpty() ? null : batch;
        }

        private void send(List<Waiting> batch) {
            CompletionStage<IntToLongFunction> appended;
            try {
                appended = append(batch);
            } catch (RuntimeException failure) {
                appended = CompletableFuture.failedFuture(failure);
            }
            appended.whenComplete((offsets, failure) -> {
                sendNext();
                for (int i = 0; i < batch.size(); i++) {
                    if (failure == null) {
                        batch.get(i).result().complete(new Published(partition, offsets.applyAsLong(i)));
                    } else {
                        batch.get(i).result().completeExceptionally(failure);
                    }
                }
            });
        }

        /** Answers the offset of each record by its place in the batch. */
        private CompletionStage<IntToLongFunction> append(List<Waiting> batch) {
            List<Record> records = new ArrayList<>(batch.size());
            batch.forEach(waits -> records.add(waits.record()));
            RecordBatch encoded = RecordBatch.encode(records);
            if (batch.stream().allMatch(waits -> waits.marks().isEmpty())) {
                return appender.append(partition, encoded).thenApply(result -> index -> result.baseOffset() + index);
            }
            List<Marks> marks = batch.stream().map(Waiting::marks).toList();
            return appender.append(partition, encoded, marks).thenApply(result -> index -> result.offsets()[index]);
        }

        /** Encoding is not the apply thread's work: what gathered meanwhile is sent by a worker. */
        private void sendNext() {
            List<Waiting> batch;
            synchronized (this) {
                batch = next();
            }
            if (batch == null) {
                return;
            }
            try {
                workers.execute(() -> send(batch));
            } catch (RejectedExecutionException stopping) {
                RefusedException closed = new RefusedException(Refusal.CLOSED, "the gateway is stopping");
                batch.forEach(waits -> waits.result().completeExceptionally(closed));
            }
        }
    }
}
