package io.polylog.group;

import io.polylog.broker.AppendResult;
import io.polylog.broker.Appender;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.coordinator.common.runtime.PartitionWriter;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writing end of one partition of the offsets topic.
 *
 * <p>Kafka's coordinator wants an offset at once; the log gives one when the batch is durable. So an append answers with
 * the offset it is going to have, which is certain because nobody else writes here. One batch at a time is on its way and
 * those that come meanwhile gather into the next: the coordinator decides each batch on top of the one before, so after
 * a refusal nothing later may reach the log. On a refusal the partition closes, drops what waits and calls
 * {@code onLost}; the coordinator then forgets its state and reads it back.
 *
 * <p>Entered by the coordinator's event thread (append), apply threads (written) and the worker (loaded); guarded by its
 * monitor, which is never held while calling out.
 */
final class OffsetsPartition {

    private static final Logger LOG = LoggerFactory.getLogger(OffsetsPartition.class);

    /** Kafka's default of {@code max.message.bytes}: what the coordinator fills a batch up to. */
    static final int MAX_BATCH_BYTES = 1024 * 1024 + 12;

    /** What may wait for the batch on its way; beyond it an append is refused and its request answered "try again". */
    static final int MAX_WAITING_BYTES = 8 * 1024 * 1024;

    private final TopicPartition partition;
    private final org.apache.kafka.common.TopicPartition kafkaPartition;
    private final Appender appender;
    private final BiConsumer<OffsetsPartition, Throwable> onLost;

    /** Of each producer that is or may soon be in a transaction here, until its end. */
    private final Map<Long, VerificationGuard> guards = new HashMap<>();

    private final ArrayDeque<MemoryRecords> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private long endOffset;
    private long writtenOffset;
    private PartitionWriter.@Nullable Listener listener;
    private CompletableFuture<@Nullable Void> settled = CompletableFuture.completedFuture(null);

    OffsetsPartition(TopicPartition partition, Appender appender, BiConsumer<OffsetsPartition, Throwable> onLost) {
        this.partition = partition;
        this.kafkaPartition = new org.apache.kafka.common.TopicPartition(partition.topic(), partition.partition());
        this.appender = appender;
        this.onLost = onLost;
    }

    TopicPartition partition() {
        return partition;
    }

    int index() {
        return partition.partition();
    }

    /** Completes when nothing is on its way any more: only then the log holds all it is going to hold. */
    synchronized CompletableFuture<@Nullable Void> settled() {
        return settled;
    }

    /** The state was read up to {@code endOffset}; appends go on from there once a listener is there. */
    synchronized void loaded(long endOffset) {
        this.endOffset = endOffset;
        this.writtenOffset = endOffset;
    }

    /** Opens the partition for appends. */
    synchronized void listen(PartitionWriter.Listener newListener) {
        listener = newListener;
    }

    /** Closes the partition for appends; what waits is dropped, for the coordinator has failed its requests. */
    synchronized void stopListening() {
        listener = null;
        guards.clear();
        waiting.clear();
        waitingBytes = 0;
    }

    /**
     * Takes one batch; its memory may be reused afterwards.
     *
     * @param guard if it is part of a transaction, what {@link #guard} gave for it
     * @return one past the offset its last record is going to have
     * @throws org.apache.kafka.common.errors.ApiException if the partition is closed or too much waits
     */
    long append(MemoryRecords records, VerificationGuard guard) {
        long end;
        synchronized (this) {
            pass(records, guard);
            if (listener == null) {
                throw new NotLeaderOrFollowerException(partition + " is being read back");
            }
            if (waitingBytes + records.sizeInBytes() > MAX_WAITING_BYTES) {
                throw new NotEnoughReplicasException(partition + " has " + waitingBytes + " bytes waiting");
            }
            waiting.add(copyOf(records));
            waitingBytes += records.sizeInBytes();
            endOffset += countOf(records);
            end = endOffset;
        }
        writeNext();
        return end;
    }

    /** To be taken before it is verified that the producer's transaction may write here, and given back with the records. */
    synchronized VerificationGuard guard(long producerId) {
        return guards.computeIfAbsent(producerId, id -> new VerificationGuard());
    }

    /** Records of a transaction pass with the guard that was given since its last end. */
    private void pass(MemoryRecords records, VerificationGuard guard) {
        MutableRecordBatch batch = records.batches().iterator().next();
        if (batch.isControlBatch()) {
            guards.remove(batch.producerId());
        } else if (batch.isTransactional() && !guard.equals(guards.get(batch.producerId()))) {
            throw new InvalidTxnStateException("the transaction of producer " + batch.producerId() + " has ended");
        }
    }

    private void writeNext() {
        MemoryRecords records;
        CompletableFuture<@Nullable Void> written = new CompletableFuture<>();
        synchronized (this) {
            if (waiting.isEmpty() || !settled.isDone()) {
                return;
            }
            records = takeWaiting();
            settled = written;
        }
        // Counted first: from the append on the bytes are the log's, which writes its offset into them.
        long count = countOf(records);
        CompletionStage<AppendResult> appended;
        try {
            appended = appender.append(partition, new RecordBatch(records.buffer()));
        } catch (RuntimeException refused) {
            appended = CompletableFuture.failedFuture(refused);
        }
        appended.whenComplete((result, failure) -> {
            PartitionWriter.Listener told = null;
            boolean lost = false;
            long end = 0;
            synchronized (this) {
                if (failure == null && result.baseOffset() == writtenOffset) {
                    writtenOffset += count;
                    end = writtenOffset;
                    told = listener;
                } else if (listener != null) {
                    stopListening();
                    lost = true;
                }
            }
            try {
                if (told != null) {
                    told.onHighWatermarkUpdated(kafkaPartition, end);
                }
            } catch (ApiException closing) {
                LOG.atDebug().addKeyValue("partition", partition).log("nobody waits for this batch: closing");
            }
            written.complete(null);
            if (lost) {
                onLost.accept(this, failure != null ? failure : misplaced(result));
            }
            writeNext();
        });
    }

    private static IllegalStateException misplaced(AppendResult result) {
        return new IllegalStateException(
                "batch was placed at offset " + result.baseOffset() + ": somebody else writes to the offsets topic");
    }

    /** The first batch waiting, joined with those after it as far as they fit one batch. */
    private MemoryRecords takeWaiting() {
        List<MemoryRecords> taken = new ArrayList<>();
        int bytes = 0;
        do {
            MemoryRecords next = waiting.remove();
            taken.add(next);
            bytes += next.sizeInBytes();
        } while (!waiting.isEmpty()
                && bytes + waiting.element().sizeInBytes() <= MAX_BATCH_BYTES
                && isPlain(taken.get(0))
                && isPlain(waiting.element()));
        waitingBytes -= bytes;
        return taken.size() == 1 ? taken.get(0) : join(taken, bytes);
    }

    private static MemoryRecords join(List<MemoryRecords> parts, int bytes) {
        MemoryRecordsBuilder builder =
                MemoryRecords.builder(ByteBuffer.allocate(bytes), Compression.NONE, TimestampType.CREATE_TIME, 0L);
        for (MemoryRecords part : parts) {
            for (Record record : part.records()) {
                builder.append(record.timestamp(), record.key(), record.value(), record.headers());
            }
        }
        return builder.build();
    }

    /** Batches of a transaction carry their producer, and control batches a meaning of their own: they stay alone. */
    private static boolean isPlain(MemoryRecords records) {
        MutableRecordBatch batch = records.batches().iterator().next();
        return !batch.hasProducerId() && !batch.isControlBatch();
    }

    private static int countOf(MemoryRecords records) {
        MutableRecordBatch batch = records.batches().iterator().next();
        return Math.toIntExact(batch.lastOffset() - batch.baseOffset() + 1);
    }

    private static MemoryRecords copyOf(MemoryRecords records) {
        ByteBuffer source = records.buffer();
        ByteBuffer copy = ByteBuffer.allocate(source.remaining());
        copy.put(source).flip();
        return MemoryRecords.readableRecords(copy);
    }
}
