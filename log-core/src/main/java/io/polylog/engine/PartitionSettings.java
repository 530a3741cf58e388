package io.polylog.engine;

import io.polylog.broker.TopicLife;
import io.polylog.broker.TopicSettings;
import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KvBatch;
import io.polylog.kv.KvIterator;
import io.polylog.log.LogSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Those of a topic's settings by which apply decides, as its partition has them: the topic itself lives in another group.
 * Family {@code partition-settings}: key topic id, int32 partition; value the settings that differ from the defaults.
 */
public record PartitionSettings(Map<String, String> config) {

    static final String FAMILY = "partition-settings";

    /** Of a topic that sets none of them. */
    public static final PartitionSettings DEFAULT = new PartitionSettings(Map.of());

    /** Of an index: it limits a segment as Kafka's own, whose entries have so many bytes, would. */
    private static final int KAFKA_INDEX_ENTRY_BYTES = 8;

    private static final String SEGMENT_BYTES = "segment.bytes";
    private static final String SEGMENT_MS = "segment.ms";
    private static final String SEGMENT_JITTER_MS = "segment.jitter.ms";
    private static final String SEGMENT_INDEX_BYTES = "segment.index.bytes";
    private static final String INDEX_INTERVAL_BYTES = "index.interval.bytes";

    private static final String MAX_COMPACTION_LAG_MS = "max.compaction.lag.ms";

    private static final Set<String> NAMES = Set.of(
            SEGMENT_BYTES,
            SEGMENT_MS,
            SEGMENT_JITTER_MS,
            SEGMENT_INDEX_BYTES,
            INDEX_INTERVAL_BYTES,
            MAX_COMPACTION_LAG_MS,
            "message.timestamp.type",
            TopicSettings.CLEANUP_POLICY,
            TopicSettings.RETENTION);

    public PartitionSettings {
        config = Map.copyOf(config);
    }

    /** What a partition has to know of its topic's settings. */
    public static PartitionSettings of(Map<String, String> topicConfig) {
        Map<String, String> config = new TreeMap<>(topicConfig);
        config.keySet().retainAll(NAMES);
        return new PartitionSettings(config);
    }

    /**
     * How the partition's log is cut into files.
     *
     * @param segmentBytes of a topic that does not say
     */
    LogSettings log(int segmentBytes) {
        return new LogSettings(
                (int) Math.max(1, number(SEGMENT_BYTES, segmentBytes)),
                (int) Math.max(1, number(INDEX_INTERVAL_BYTES, LogSettings.DEFAULT.indexIntervalBytes())),
                (int) Math.max(1, number(SEGMENT_INDEX_BYTES, 10 << 20) / KAFKA_INDEX_ENTRY_BYTES),
                Math.max(1, segmentMs()),
                Math.max(0, number(SEGMENT_JITTER_MS, 0)));
    }

    /** Where the topic is compacted a segment is closed early enough that it can be in time. */
    private long segmentMs() {
        long segmentMs = number(SEGMENT_MS, 604_800_000L);
        return TopicLife.compacts(config)
                ? Math.min(segmentMs, number(MAX_COMPACTION_LAG_MS, Long.MAX_VALUE))
                : segmentMs;
    }

    private long number(String name, long otherwise) {
        String text = config.get(name);
        return text == null ? otherwise : Long.parseLong(text);
    }

    /** See {@link TopicLife#stampsAppendTime}. */
    boolean stampsAppendTime() {
        return TopicLife.stampsAppendTime(config);
    }

    /** See {@link TopicLife#expires}. */
    boolean expires() {
        return TopicLife.expires(config);
    }

    interface Reader {
        void read(UUID topicId, int partition, PartitionSettings settings) throws IOException;
    }

    /** All rows of a store. */
    static void load(KeyValueStore store, Reader reader) throws IOException {
        try (KvIterator rows = store.scan(FAMILY, new byte[0], Encoding.endOfUuidKeys())) {
            while (rows.next()) {
                ByteBuffer key = ByteBuffer.wrap(rows.key());
                reader.read(
                        Encoding.uuid(key),
                        key.getInt(),
                        new PartitionSettings(Encoding.map(ByteBuffer.wrap(rows.value()))));
            }
        }
    }

    void put(UUID topicId, int partition, KvBatch changes) {
        ByteBuffer value = ByteBuffer.allocate(Encoding.sizeOf(config));
        Encoding.putMap(value, config);
        changes.put(FAMILY, key(topicId, partition), value.array());
    }

    static void delete(UUID topicId, int partition, KvBatch changes) {
        changes.delete(FAMILY, key(topicId, partition));
    }

    private static byte[] key(UUID topicId, int partition) {
        ByteBuffer key = ByteBuffer.allocate(Encoding.UUID_BYTES + Integer.BYTES);
        Encoding.putUuid(key, topicId);
        return key.putInt(partition).array();
    }
}
