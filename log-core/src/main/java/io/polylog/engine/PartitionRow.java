package io.polylog.engine;

import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KvBatch;
import io.polylog.kv.KvIterator;
import io.polylog.log.LogPosition;
import io.polylog.record.TopicPartition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * One partition as its group's store has it. Family {@code partitions}: key topic id, int32 partition; value topic name,
 * then where the log ends ({@link LogPosition}: int64 segment, int32 position, int64 end offset), int64 log start.
 */
record PartitionRow(TopicPartition id, LogPosition end, long logStart) {

    static final String FAMILY = "partitions";

    /** All rows of a store. */
    static List<PartitionRow> all(KeyValueStore store) {
        List<PartitionRow> rows = new ArrayList<>();
        try (KvIterator found = store.scan(FAMILY, new byte[0], Encoding.endOfUuidKeys())) {
            while (found.next()) {
                ByteBuffer key = ByteBuffer.wrap(found.key());
                ByteBuffer value = ByteBuffer.wrap(found.value());
                UUID topicId = Encoding.uuid(key);
                rows.add(new PartitionRow(
                        new TopicPartition(topicId, Encoding.text(value), key.getInt()),
                        new LogPosition(value.getLong(), value.getInt(), value.getLong()),
                        value.getLong()));
            }
        }
        return rows;
    }

    void put(KvBatch changes) {
        ByteBuffer value = ByteBuffer.allocate(Encoding.sizeOf(id.topic()) + 3 * Long.BYTES + Integer.BYTES);
        Encoding.putText(value, id.topic());
        value.putLong(end.segmentBase()).putInt(end.bytePosition()).putLong(end.endOffset());
        value.putLong(logStart);
        changes.put(FAMILY, key(id), value.array());
    }

    static void delete(TopicPartition id, KvBatch changes) {
        changes.delete(FAMILY, key(id));
    }

    /** The name of the partition's directory. */
    static String directoryName(TopicPartition id) {
        return id.topic() + "-" + id.partition() + "." + id.topicId();
    }

    private static byte[] key(TopicPartition id) {
        ByteBuffer key = ByteBuffer.allocate(Encoding.UUID_BYTES + Integer.BYTES);
        Encoding.putUuid(key, id.topicId());
        return key.putInt(id.partition()).array();
    }
}
