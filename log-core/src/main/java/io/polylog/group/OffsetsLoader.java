package io.polylog.group;

import io.polylog.broker.Fetcher;
import io.polylog.broker.LogRead;
import io.polylog.broker.PartitionOffsets;
import io.polylog.time.EpochClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.ObjIntConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.coordinator.common.runtime.CoordinatorLoader;
import org.apache.kafka.coordinator.common.runtime.CoordinatorPlayback;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.common.runtime.Deserializer;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a partition of the offsets topic from its start to its end and replays every record to the coordinator.
 *
 * <p>Replay runs on the worker, in steps of one read each, so that partitions take turns. It begins when the partition's
 * writer has settled; otherwise a batch on its way would be missed. A read that fails, or a record that cannot be
 * understood, fails the load.
 */
final class OffsetsLoader implements CoordinatorLoader<CoordinatorRecord> {

    private static final Logger LOG = LoggerFactory.getLogger(OffsetsLoader.class);

    /** Bytes of one read; also how much is replayed before another partition has its turn. */
    private static final int READ_BYTES = 1024 * 1024;

    private final List<OffsetsPartition> partitions;
    private final Fetcher fetcher;
    private final EpochClock clock;
    private final Executor worker;
    private final ObjIntConsumer<Throwable> onFailed;
    private final GroupCoordinatorRecordSerde serde = new GroupCoordinatorRecordSerde();
    private volatile boolean closed;

    /**
     * @param onFailed told why which partition could not be loaded; must return at once
     */
    OffsetsLoader(
            List<OffsetsPartition> partitions,
            Fetcher fetcher,
            EpochClock clock,
            Executor worker,
            ObjIntConsumer<Throwable> onFailed) {
        this.partitions = partitions;
        this.fetcher = fetcher;
        this.clock = clock;
        this.worker = worker;
        this.onFailed = onFailed;
    }

    @Override
    public CompletableFuture<LoadSummary> load(
            TopicPartition partition, CoordinatorPlayback<CoordinatorRecord> playback) {
        OffsetsPartition offsets = partitions.get(partition.partition());
        Load load = new Load(offsets, playback, clock.timeMs());
        offsets.settled().thenRunAsync(load::begin, worker).exceptionally(load::fail);
        return load.promise;
    }

    /** Loads under way fail at their next step. */
    @Override
    public void close() {
        closed = true;
    }

    /** One partition on its way into memory. Owned by the worker. */
    private final class Load {
        private final OffsetsPartition partition;
        private final CoordinatorPlayback<CoordinatorRecord> playback;
        private final long startTimeMs;
        private final CompletableFuture<LoadSummary> promise = new CompletableFuture<>();
        private long queueTimeMs;
        private long position;
        private long committed;
        private long end;
        private long recordCount;
        private long byteCount;

        Load(OffsetsPartition partition, CoordinatorPlayback<CoordinatorRecord> playback, long startTimeMs) {
            this.partition = partition;
            this.playback = playback;
            this.startTimeMs = startTimeMs;
        }

        void begin() {
            queueTimeMs = clock.timeMs() - startTimeMs;
            PartitionOffsets offsets = fetcher.offsets(partition.partition());
            position = offsets.logStart();
            end = offsets.highWatermark();
            step();
        }

        private void step() {
            if (closed) {
                throw new CancellationException("the group coordinator is closing");
            }
            if (position >= end) {
                finish();
                return;
            }
            CompletionStage<LogRead> read = fetcher.read(partition.partition(), position, READ_BYTES, true);
            read.thenAcceptAsync(this::replay, worker).exceptionally(this::fail);
        }

        private void replay(LogRead read) {
            ByteBuffer bytes;
            try (read) {
                bytes = read.slice().toBuffer();
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
            byteCount += bytes.remaining();
            long before = position;
            for (MutableRecordBatch batch : MemoryRecords.readableRecords(bytes).batches()) {
                replay(batch);
                position = batch.nextOffset();
            }
            if (position == before) {
                // Compaction may have removed everything up to the end.
                position = end;
            }
            commit();
            step();
        }

        private void replay(MutableRecordBatch batch) {
            for (Record record : batch) {
                recordCount++;
                if (batch.isControlBatch()) {
                    replayMarker(batch, ControlRecordType.parse(record.key()));
                } else {
                    replay(batch, record);
                }
            }
        }

        private void replayMarker(MutableRecordBatch batch, ControlRecordType type) {
            if (type == ControlRecordType.COMMIT || type == ControlRecordType.ABORT) {
                playback.replayEndTransactionMarker(
                        batch.producerId(),
                        batch.producerEpoch(),
                        type == ControlRecordType.COMMIT ? TransactionResult.COMMIT : TransactionResult.ABORT);
            }
        }

        private void replay(MutableRecordBatch batch, Record record) {
            CoordinatorRecord decoded;
            try {
                decoded = serde.deserialize(record.key(), record.value());
            } catch (Deserializer.UnknownRecordTypeException newer) {
                LOG.atWarn()
                        .addKeyValue("partition", partition.partition())
                        .addKeyValue("offset", record.offset())
                        .addKeyValue("type", newer.unknownType())
                        .log("offsets topic holds a record of a later version; it is left out");
                return;
            }
            playback.replay(record.offset(), batch.producerId(), batch.producerEpoch(), decoded);
        }

        /** As it goes, so that the coordinator drops the snapshots it keeps for what might be undone. */
        private void commit() {
            if (position > committed) {
                committed = position;
                playback.updateLastWrittenOffset(position);
                playback.updateLastCommittedOffset(position);
            }
        }

        private void finish() {
            commit();
            partition.loaded(end);
            promise.complete(new LoadSummary(startTimeMs, clock.timeMs(), queueTimeMs, recordCount, byteCount));
        }

        private Void fail(Throwable failure) {
            if (!closed) {
                onFailed.accept(failure, partition.index());
            }
            promise.completeExceptionally(failure);
            return null;
        }
    }
}
