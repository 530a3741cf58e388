package io.polylog.engine;

import io.polylog.broker.AppendResult;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.disk.Disk;
import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KvIterator;
import io.polylog.log.LogPosition;
import io.polylog.log.LogSettings;
import io.polylog.log.PartitionLog;
import io.polylog.record.EndMarker;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The partitions of one replica group: their logs, and their producers' windows. Kept as {@link PartitionRow}s.
 *
 * <p>Apply thread, but for the checkpoint's part. What an entry appends becomes visible only when the whole entry is
 * applied; the files of what it deletes go only when no checkpoint names them any more.
 */
public final class PartitionState {

    private final Disk disk;
    private final Path directory;
    private final int segmentBytes;
    private final PartitionTable table;
    private final Supplier<Optional<KeyValueStore>> store;
    private final Set<Partition> touched = new LinkedHashSet<>();
    private final Set<Partition> hosted = ConcurrentHashMap.newKeySet();
    private final Leftovers leftovers = new Leftovers();

    /** Logs that have got a directory; and how many of them a force of their parent covers, the checkpoint thread's own. */
    private final AtomicInteger logsOpened = new AtomicInteger();

    private int logsNamed;

    /**
     * @param segmentBytes of topics that do not say
     * @param store the group's, once it is open; read on the reader pool
     */
    PartitionState(
            Disk disk,
            Path directory,
            int segmentBytes,
            PartitionTable table,
            Supplier<Optional<KeyValueStore>> store) {
        this.disk = disk;
        this.directory = directory;
        this.segmentBytes = segmentBytes;
        this.table = table;
        this.store = store;
    }

    /** Opens the logs as they were when the store was written, and takes up their producers. */
    void load(KeyValueStore store) throws IOException {
        for (PartitionRow row : PartitionRow.all(store)) {
            open(row.id(), row.end(), row.logStart());
        }
        PartitionSettings.load(store, (topicId, number, settings) -> {
            Partition partition = table.find(topicId, number);
            if (partition != null) {
                partition.configure(settings, segmentBytes);
            }
        });
        load(
                store,
                Producers.FAMILY,
                (partition, id, row) -> partition.producers().load(id, ProducerWindow.decode(row)));
        load(
                store,
                OpenTransactions.FAMILY,
                (partition, id, row) -> partition.transactions().load(id, row));
        load(
                store,
                AbortedTransactions.FAMILY,
                (partition, marker, row) -> partition.aborted().load(marker));
        hosted.forEach(Partition::publish);
    }

    /** Takes up a row of a partition; the number is the last part of its key. */
    private interface Loading {
        void take(Partition partition, long number, byte[] row);
    }

    private void load(KeyValueStore from, String family, Loading loading) {
        try (KvIterator rows = from.scan(family, new byte[0], Encoding.endOfUuidKeys())) {
            while (rows.next()) {
                ByteBuffer key = ByteBuffer.wrap(rows.key());
                Partition partition = table.find(Encoding.uuid(key), key.getInt());
                if (partition != null) {
                    loading.take(partition, key.getLong(), rows.value());
                }
            }
        }
    }

    private Partition open(TopicPartition id, LogPosition end, long logStart) throws IOException {
        Path home = home(id);
        disk.createDirectories(home);
        LogSettings settings = PartitionSettings.DEFAULT.log(segmentBytes);
        Partition partition = new Partition(id, PartitionLog.open(disk, home, id, settings, end, logStart), store);
        hosted.add(partition);
        logsOpened.incrementAndGet();
        table.add(partition);
        return partition;
    }

    private Path home(TopicPartition id) {
        return directory.resolve(PartitionRow.directoryName(id));
    }

    boolean create(TopicPartition id, ApplyContext context) {
        if (table.find(id.topicId(), id.partition()) != null) {
            return false;
        }
        try {
            touched.add(open(id, LogPosition.EMPTY, 0));
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot create the log of " + id + " in " + home(id), failure);
        }
        return true;
    }

    boolean delete(UUID topicId, int number, ApplyContext context) {
        Partition partition = table.find(topicId, number);
        if (partition == null) {
            return false;
        }
        table.remove(partition);
        touched.remove(partition);
        partition.producers().deleteAll(context);
        partition.transactions().deleteAll(context);
        partition.aborted().deleteAll(context);
        PartitionRow.delete(partition.id(), context.changes());
        PartitionSettings.delete(topicId, number, context.changes());
        context.afterApply(partition::markDeleted);
        leftovers.add(context.index(), () -> {
            hosted.remove(partition);
            partition.log().delete();
        });
        return true;
    }

    /**
     * @return whether the settings were others
     * @throws RefusedException {@code UNKNOWN_TOPIC}
     */
    boolean configure(UUID topicId, int number, PartitionSettings settings, ApplyContext context) {
        Partition partition = existing(topicId, number);
        if (partition.settings().equals(settings)) {
            return false;
        }
        partition.configure(settings, segmentBytes);
        settings.put(topicId, number, context.changes());
        return true;
    }

    /**
     * Takes the records before {@code offset} away.
     *
     * @return where the log starts now
     * @throws RefusedException {@code UNKNOWN_TOPIC}; {@code OFFSET_OUT_OF_RANGE} beyond the log's end
     */
    long advanceLogStart(UUID topicId, int number, long offset, ApplyContext context) {
        Partition partition = existing(topicId, number);
        PartitionLog log = partition.log();
        if (offset < 0 || offset > log.endOffset()) {
            throw new RefusedException(
                    Refusal.OFFSET_OUT_OF_RANGE,
                    "the log of " + partition.id() + " ends at " + log.endOffset() + " and cannot start at " + offset);
        }
        return trim(partition, context, () -> log.advanceLogStart(offset));
    }

    /**
     * Takes the records before {@code offset} away, and the segments that held them, if records of the partition expire; up
     * to the log's end.
     *
     * @return where the log starts now
     * @throws RefusedException {@code UNKNOWN_TOPIC}
     */
    long expire(UUID topicId, int number, long offset, ApplyContext context) {
        Partition partition = existing(topicId, number);
        PartitionLog log = partition.log();
        return partition.settings().expires()
                ? trim(partition, context, () -> log.expire(Math.min(offset, log.endOffset())))
                : log.logStart();
    }

    private interface Trim {
        void run() throws IOException;
    }

    private long trim(Partition partition, ApplyContext context, Trim trim) {
        PartitionLog log = partition.log();
        int retired = log.retiredSegments();
        try {
            trim.run();
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot begin a segment of " + partition.id(), failure);
        }
        partition.aborted().trim(log.logStart(), context);
        int more = log.retiredSegments() - retired;
        if (more > 0) {
            leftovers.add(context.index(), () -> log.removeRetired(more));
        }
        touched.add(partition);
        return log.logStart();
    }

    AppendResult append(UUID topicId, int number, RecordBatch batch, ApplyContext context) {
        return append(existing(topicId, number), batch, PartitionWriter.WHATEVER_MARKER, context);
    }

    /** See {@link AppendInTransaction}. */
    AppendResult appendInTransaction(
            UUID topicId, int number, long lastMarker, RecordBatch batch, ApplyContext context) {
        return append(existing(topicId, number), batch, lastMarker, context);
    }

    private AppendResult append(Partition partition, RecordBatch batch, long lastMarker, ApplyContext context) {
        long end = partition.log().endOffset();
        AppendResult result = partition.writer().append(batch, lastMarker, context);
        if (partition.log().endOffset() > end) { // else it was there already
            touched.add(partition);
        }
        return result;
    }

    /** See {@link WriteMarker}. */
    boolean endTransaction(
            UUID topicId, int number, long producerId, short producerEpoch, EndMarker marker, ApplyContext context) {
        Partition partition = existing(topicId, number);
        boolean ended = partition.writer().endTransaction(producerId, producerEpoch, marker, context);
        if (ended) {
            touched.add(partition);
        }
        return ended;
    }

    /** Whether the partition is there. */
    boolean hosts(UUID topicId, int number) {
        return table.find(topicId, number) != null;
    }

    /**
     * @throws RefusedException {@code UNKNOWN_TOPIC} if the partition is gone
     */
    Partition existing(UUID topicId, int number) {
        Partition partition = table.find(topicId, number);
        if (partition == null) {
            throw new RefusedException(Refusal.UNKNOWN_TOPIC, "the partition is gone, with its topic");
        }
        return partition;
    }

    /** Notes where the logs end now, into the entry's changes. */
    void recordPositions(ApplyContext context) {
        for (Partition partition : touched) {
            PartitionLog log = partition.log();
            new PartitionRow(partition.id(), log.position(), log.logStart()).put(context.changes());
        }
    }

    /** Makes what the entry appended visible. */
    void publish() {
        touched.forEach(Partition::publish);
        touched.clear();
    }

    // ---- checkpoint thread --------------------------------------------------------------------------------------

    /** Makes everything appended so far survive a crash, also what was deleted meanwhile. */
    void force() throws IOException {
        int opened = logsOpened.get();
        for (Partition partition : hosted) {
            partition.log().force();
        }
        if (opened > logsNamed) {
            disk.forceDirectory(directory);
            logsNamed = opened;
        }
    }

    /** Which segments are active, before a checkpoint begins. */
    Map<PartitionLog, Long> activeSegments() {
        Map<PartitionLog, Long> active = new HashMap<>();
        hosted.forEach(partition -> active.put(partition.log(), partition.log().activeBase()));
        return active;
    }

    /** The checkpoint is durable: what was closed when it began may be compacted. */
    void settled(Map<PartitionLog, Long> activeBefore) {
        activeBefore.forEach(PartitionLog::settled);
    }

    /** Deletes the files that entries up to {@code index} gave up; a durable checkpoint holds their effects. */
    void removeLeftovers(long index) {
        leftovers.removeUpTo(index);
    }

    /** Deletes logs that belong to no partition: a crash came between their end and that of their files. At start. */
    void removeStrays() throws IOException {
        Set<Path> known = new HashSet<>();
        hosted.forEach(partition -> known.add(home(partition.id())));
        for (Path found : disk.list(directory)) {
            if (!known.contains(found)) {
                disk.delete(found);
            }
        }
    }

    /** Closes every log. Last. */
    void close() throws IOException {
        for (Partition partition : hosted) {
            partition.log().close();
        }
    }
}
