package io.polylog.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.LogRead;
import io.polylog.disk.Disk;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.util.KafkaScheduler;
import org.apache.kafka.storage.internals.log.Cleaner;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.LogToClean;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.utils.Throttler;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same random log, compacted by Kafka's own cleaner and here: the same records are left. */
class CompactionOracleTest {

    private static final long DELETE_RETENTION_MS = 1_000;
    private static final CompactionRules RULES =
            new CompactionRules(0, 0, Long.MAX_VALUE, DELETE_RETENTION_MS, 1 << 20);
    private static final int MAP_BYTES = 1 << 16;

    @TempDir
    Path root;

    @Test
    void leavesWhatKafkasCleanerLeaves() throws Exception {
        long seed = Long.getLong("polylog.seed", new Random().nextLong());
        for (int run = 0; run < 3; run++) {
            compare(root.resolve("run" + run), seed + run);
        }
    }

    private static void compare(Path home, long seed) throws Exception {
        Random random = new Random(seed);
        Path kafkaHome = Files.createDirectories(home.resolve("t-0"));
        KafkaScheduler scheduler = new KafkaScheduler(1);
        scheduler.startup();
        UnifiedLog kafka = kafkaLog(kafkaHome, scheduler);
        Cleaner cleaner = new Cleaner(
                0,
                new SkimpyOffsetMap(MAP_BYTES),
                1 << 16,
                1 << 20,
                0.9,
                new Throttler(1e12, 1, "", "", Time.SYSTEM),
                Time.SYSTEM,
                partition -> {});
        long nowMs = 1_000_000;
        long firstDirty = 0;
        try (PartitionLog ours = PartitionLog.open(
                Disk.system(),
                home.resolve("ours"),
                new TopicPartition(new UUID(1, 2), "t", 0),
                new LogSettings(1, 100),
                LogPosition.EMPTY,
                0)) {
            for (int round = 0; round < 4; round++) {
                for (int i = 10 + random.nextInt(30); i > 0; i--) {
                    append(kafka, ours, random);
                }
                kafka.roll();
                append(kafka, ours, random); // in the active segment of both
                long end = kafka.activeSegment().baseOffset();

                firstDirty = cleaner.doClean(new LogToClean(kafka, firstDirty, end, false), nowMs)
                        .getKey();
                ours.settled(end);
                Compacted compacted =
                        ours.compaction(RULES, nowMs).orElseThrow().run(MAP_BYTES, Map.of(), bytes -> {});
                ours.swap(compacted);
                ours.keep(compacted);

                assertThat(records(ours)).as("seed %d, round %d", seed, round).isEqualTo(records(kafka));
                nowMs += random.nextInt(2 * (int) DELETE_RETENTION_MS);
            }
        } finally {
            kafka.close();
            scheduler.shutdown();
        }
    }

    /** One batch with a segment of its own. */
    private static void append(UnifiedLog kafka, PartitionLog ours, Random random) throws IOException {
        CompressionType[] types = CompressionType.values();
        SimpleRecord[] records = new SimpleRecord[1 + random.nextInt(5)];
        for (int i = 0; i < records.length; i++) {
            byte @Nullable [] key = random.nextInt(15) == 0 ? null : ("k" + random.nextInt(60)).getBytes(UTF_8);
            byte @Nullable [] value = random.nextInt(5) == 0 ? null : ("v" + random.nextInt()).getBytes(UTF_8);
            records[i] = new SimpleRecord(1_000 + random.nextInt(1_000), key, value);
        }
        MemoryRecords batch = MemoryRecords.withRecords(
                Compression.of(types[random.nextInt(types.length)]).build(), records);
        ByteBuffer copy = ByteBuffer.allocate(batch.sizeInBytes());
        copy.put(batch.buffer().duplicate()).flip();
        ours.append(Batches.placed(new RecordBatch(copy), ours.endOffset(), 0));
        ours.publish();
        if (kafka.activeSegment().size() > 0) {
            kafka.roll();
        }
        kafka.appendAsLeader(batch, 0);
    }

    private static List<String> records(UnifiedLog log) {
        List<String> found = new ArrayList<>();
        for (LogSegment segment : log.logSegments()) {
            segment.log().records().forEach(record -> found.add(text(record)));
        }
        return found;
    }

    private static List<String> records(PartitionLog log) throws IOException {
        List<String> found = new ArrayList<>();
        long next = 0;
        while (next < log.endOffset()) {
            try (LogRead read = log.read(next, 1 << 20, true)) {
                for (var batch :
                        MemoryRecords.readableRecords(read.slice().toBuffer()).batches()) {
                    batch.forEach(record -> found.add(text(record)));
                    next = batch.nextOffset();
                }
            }
        }
        return found;
    }

    private static String text(Record record) {
        return record.offset() + "@" + record.timestamp() + ":" + text(record.key()) + "=" + text(record.value());
    }

    private static @Nullable String text(@Nullable ByteBuffer bytes) {
        return bytes == null ? null : UTF_8.decode(bytes.duplicate()).toString();
    }

    private static UnifiedLog kafkaLog(Path directory, KafkaScheduler scheduler) throws IOException {
        LogConfig config = new LogConfig(Map.of(
                "delete.retention.ms", String.valueOf(DELETE_RETENTION_MS),
                "message.timestamp.before.max.ms", String.valueOf(Long.MAX_VALUE),
                "file.delete.delay.ms", "0"));
        return UnifiedLog.create(
                directory.toFile(),
                config,
                0,
                0,
                scheduler,
                new BrokerTopicStats(),
                Time.SYSTEM,
                3_600_000,
                new ProducerStateManagerConfig(86_400_000, false),
                600_000,
                new LogDirFailureChannel(1),
                true,
                Optional.of(Uuid.randomUuid()));
    }
}
