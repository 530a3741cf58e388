package io.polylog.fake;

import io.polylog.broker.AbortedTransaction;
import io.polylog.broker.Fetcher;
import io.polylog.broker.Isolation;
import io.polylog.broker.LogDirectory;
import io.polylog.broker.LogRead;
import io.polylog.broker.LogSlice;
import io.polylog.broker.PartitionOffsets;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Registration;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Partitions in memory. Reads are done on the executor given; watches are called by whoever appends. */
public final class FakeLog implements Fetcher {

    private final Executor readers;
    private final Map<TopicPartition, Stored> partitions = new HashMap<>();
    private int reads;
    private int openSlices;

    public FakeLog(Executor readers) {
        this.readers = readers;
    }

    public void create(TopicPartition partition) {
        partitions.put(partition, new Stored());
    }

    /** Appends one batch of records whose values are the given texts. */
    public void append(TopicPartition partition, String... values) {
        List<Record> records = new ArrayList<>();
        for (String value : values) {
            records.add(new Record(null, value.getBytes(StandardCharsets.UTF_8), 0, Headers.EMPTY));
        }
        append(partition, RecordBatch.encode(records));
    }

    /** Appends one record of a transaction of the producer. */
    public void appendUndecided(TopicPartition partition, long producerId, String value) {
        MemoryRecords records = MemoryRecords.withTransactionalRecords(
                Compression.NONE,
                producerId,
                (short) 0,
                0,
                new SimpleRecord(0, null, value.getBytes(StandardCharsets.UTF_8)));
        append(partition, new RecordBatch(records.buffer()));
    }

    public void append(TopicPartition partition, RecordBatch batch) {
        Stored stored = stored(partition);
        batch.place(stored.end, 0);
        stored.batches.add(batch);
        stored.end = batch.lastOffset() + 1;
        List.copyOf(stored.watches).forEach(Runnable::run);
    }

    /** The partition of that topic and number. */
    public TopicPartition find(UUID topicId, int partition) {
        return partitions.keySet().stream()
                .filter(one -> one.topicId().equals(topicId) && one.partition() == partition)
                .findFirst()
                .orElseThrow(() -> new RefusedException(Refusal.UNKNOWN_TOPIC, "no topic " + topicId));
    }

    /** Every record that a partition holds. */
    public List<Record> records(TopicPartition partition) {
        List<Record> records = new ArrayList<>();
        for (RecordBatch batch : stored(partition).batches) {
            batch.decode().forEach(stored -> records.add(stored.record()));
        }
        return records;
    }

    /** Records below are gone, by whole batches, as retention does it. */
    public void advanceLogStart(TopicPartition partition, long offset) {
        Stored stored = stored(partition);
        stored.start = offset;
        stored.batches.removeIf(batch -> batch.lastOffset() < offset);
    }

    public void delete(TopicPartition partition) {
        partitions.remove(partition);
    }

    public int reads() {
        return reads;
    }

    public int openSlices() {
        return openSlices;
    }

    public int watches(TopicPartition partition) {
        return stored(partition).watches.size();
    }

    @Override
    public CompletionStage<LogRead> read(TopicPartition partition, long offset, int maxBytes, boolean atLeastOneBatch) {
        return read(partition, offset, Isolation.UNCOMMITTED, maxBytes, atLeastOneBatch);
    }

    private CompletionStage<LogRead> read(
            TopicPartition partition, long offset, Isolation isolation, int maxBytes, boolean atLeastOneBatch) {
        reads++;
        CompletableFuture<LogRead> reading = new CompletableFuture<>();
        readers.execute(() -> {
            try {
                reading.complete(readNow(partition, offset, isolation, maxBytes, atLeastOneBatch));
            } catch (RefusedException refused) {
                reading.completeExceptionally(refused);
            }
        });
        return reading;
    }

    @Override
    public CompletionStage<LogRead> readCommitted(
            TopicPartition partition, long offset, int maxBytes, boolean atLeastOneBatch) {
        return read(partition, offset, Isolation.COMMITTED, maxBytes, atLeastOneBatch)
                .thenApply(read -> new LogRead(read.slice(), read.offsets(), stored(partition).aborted));
    }

    /** What is committed ends here, until {@link #release}. */
    public void holdBack(TopicPartition partition, long offset) {
        stored(partition).undecided = offset;
    }

    /** Everything is decided. */
    public void release(TopicPartition partition) {
        stored(partition).undecided = Long.MAX_VALUE;
        List.copyOf(stored(partition).watches).forEach(Runnable::run);
    }

    /** Records of the producer between the offsets do not count. */
    public void abort(TopicPartition partition, AbortedTransaction aborted) {
        stored(partition).aborted.add(aborted);
    }

    private LogRead readNow(
            TopicPartition partition, long offset, Isolation isolation, int maxBytes, boolean atLeastOneBatch) {
        Stored stored = stored(partition);
        long end = isolation.end(offsets(partition));
        if (offset < stored.start || offset > stored.end) {
            throw new RefusedException(Refusal.OFFSET_OUT_OF_RANGE, "offset " + offset);
        }
        List<RecordBatch> found = new ArrayList<>();
        int size = 0;
        for (RecordBatch batch : stored.batches) {
            if (batch.lastOffset() >= offset && batch.baseOffset() < end) {
                if (size + batch.sizeInBytes() > maxBytes && !(found.isEmpty() && atLeastOneBatch)) {
                    break;
                }
                found.add(batch);
                size += batch.sizeInBytes();
            }
        }
        ByteBuffer bytes = ByteBuffer.allocate(size);
        found.forEach(batch -> bytes.put(batch.buffer()));
        openSlices++;
        return new LogRead(new Slice(bytes.flip()), offsets(partition));
    }

    @Override
    public long sizeInBytes(TopicPartition partition) {
        return stored(partition).batches.stream()
                .mapToLong(RecordBatch::sizeInBytes)
                .sum();
    }

    @Override
    public CompletionStage<LogDirectory> directory() {
        return CompletableFuture.completedFuture(new LogDirectory("/memory", Long.MAX_VALUE, Long.MAX_VALUE));
    }

    @Override
    public PartitionOffsets offsets(TopicPartition partition) {
        Stored stored = stored(partition);
        return new PartitionOffsets(stored.start, stored.end, Math.min(stored.undecided, stored.end), 0);
    }

    @Override
    public CompletionStage<Optional<TimedOffset>> offsetForTime(TopicPartition partition, long timestampMs) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Optional<TimedOffset>> offsetOfMaxTimestamp(TopicPartition partition) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Registration watch(TopicPartition partition, Runnable onAdvance) {
        List<Runnable> watches = stored(partition).watches;
        watches.add(onAdvance);
        return () -> watches.remove(onAdvance);
    }

    private Stored stored(TopicPartition partition) {
        Stored stored = partitions.get(partition);
        if (stored == null) {
            throw new RefusedException(Refusal.UNKNOWN_TOPIC, "no topic " + partition.topic());
        }
        return stored;
    }

    private static final class Stored {
        private final List<RecordBatch> batches = new ArrayList<>();
        private final List<Runnable> watches = new ArrayList<>();
        private final List<AbortedTransaction> aborted = new ArrayList<>();
        private long start;
        private long undecided = Long.MAX_VALUE;
        private long end;
    }

    private final class Slice implements LogSlice {
        private final ByteBuffer bytes;
        private boolean closed;

        Slice(ByteBuffer bytes) {
            this.bytes = bytes;
        }

        @Override
        public long endOffset() {
            return 0;
        }

        @Override
        public long offsetCount() {
            return 0;
        }

        @Override
        public int sizeInBytes() {
            return bytes.remaining();
        }

        @Override
        public long transferTo(WritableByteChannel target, long from, long count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ByteBuffer toBuffer() {
            return bytes.duplicate();
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                openSlices--;
            }
        }
    }
}
