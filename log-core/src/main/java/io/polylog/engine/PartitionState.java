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
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of one replica group: their logs, and their producers' windows. Family {@code partitions}: key topic
 * id, int32 partition; value topic name, then where the log ends ({@link LogPosition}: int64 segment, int32 position,
 * int64 end offset).
 *
 * <p>Apply thread. What an entry appends becomes visible only when the whole entry is applied.
 */
public final class PartitionState {

    static final String FAMILY = "partitions";

    private final Disk disk;
    private final Path directory;
    private final LogSettings settings;
    private final PartitionTable table;
    private final Set<Partition> touched = new LinkedHashSet<>();

    PartitionState(Disk disk, Path directory, LogSettings settings, PartitionTable table) {
        this.disk = disk;
        this.directory = directory;
        this.settings = settings;
        this.table = table;
    }

    /** Opens the logs as they were when the store was written, and takes up their producers. */
    void load(KeyValueStore store) throws IOException {
        try (KvIterator rows = store.scan(FAMILY, new byte[0], Encoding.endOfUuidKeys())) {
            while (rows.next()) {
                ByteBuffer key = ByteBuffer.wrap(rows.key());
                ByteBuffer value = ByteBuffer.wrap(rows.value());
                UUID topicId = Encoding.uuid(key);
                TopicPartition id = new TopicPartition(topicId, Encoding.text(value), key.getInt());
                open(id, new LogPosition(value.getLong(), value.getInt(), value.getLong()));
            }
        }
        try (KvIterator rows = store.scan(Producers.FAMILY, new byte[0], Encoding.endOfUuidKeys())) {
            while (rows.next()) {
                ByteBuffer key = ByteBuffer.wrap(rows.key());
                Partition partition = table.find(Encoding.uuid(key), key.getInt());
                if (partition != null) {
                    partition.producers().load(key.getLong(), ProducerWindow.decode(rows.value()));
                }
            }
        }
    }

    private Partition open(TopicPartition id, LogPosition end) throws IOException {
        Path home = home(id);
        disk.createDirectories(home);
        Partition partition = new Partition(id, PartitionLog.open(disk, home, id, settings, end));
        table.add(partition);
        return partition;
    }

    private Path home(TopicPartition id) {
        return directory.resolve(id.topic() + "-" + id.partition() + "." + id.topicId());
    }

    boolean create(TopicPartition id, ApplyContext context) {
        if (table.find(id.topicId(), id.partition()) != null) {
            return false;
        }
        try {
            touched.add(open(id, LogPosition.EMPTY));
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
        context.changes().delete(FAMILY, key(partition.id()));
        context.afterApply(() -> {
            partition.markDeleted();
            try {
                partition.log().delete();
            } catch (IOException failure) {
                throw new UncheckedIOException("cannot delete the log of " + partition.id(), failure);
            }
        });
        return true;
    }

    AppendResult append(UUID topicId, int number, RecordBatch batch, ApplyContext context) {
        Partition partition = existing(topicId, number);
        PartitionLog log = partition.log();
        if (batch.hasProducerId()) {
            ProducerWindow.@Nullable Taken before = partition.producers().check(batch, context);
            if (before != null) {
                return new AppendResult(
                        before.baseOffset(),
                        before.appendTimeMs(),
                        log.offsets().logStart());
            }
        }
        long baseOffset = log.endOffset();
        batch.place(baseOffset, context.term());
        try {
            log.append(batch);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot write to the log of " + partition.id(), failure);
        }
        if (batch.hasProducerId()) {
            partition.producers().took(batch, baseOffset, context);
        }
        touched.add(partition);
        return new AppendResult(baseOffset, context.timeMs(), log.offsets().logStart());
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
            String topic = partition.id().topic();
            LogPosition end = partition.log().position();
            ByteBuffer value = ByteBuffer.allocate(Encoding.sizeOf(topic) + 2 * Long.BYTES + Integer.BYTES);
            Encoding.putText(value, topic);
            value.putLong(end.segmentBase()).putInt(end.bytePosition()).putLong(end.endOffset());
            context.changes().put(FAMILY, key(partition.id()), value.array());
        }
    }

    /** Makes what the entry appended visible. */
    void publish() {
        touched.forEach(Partition::publish);
        touched.clear();
    }

    private static byte[] key(TopicPartition id) {
        ByteBuffer key = ByteBuffer.allocate(Encoding.UUID_BYTES + Integer.BYTES);
        Encoding.putUuid(key, id.topicId());
        return key.putInt(id.partition()).array();
    }
}
