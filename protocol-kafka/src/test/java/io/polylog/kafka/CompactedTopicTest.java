package io.polylog.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.disk.Disk;
import io.polylog.testkit.TestGateway;
import io.polylog.testkit.VirtualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compacted topics as stock clients see them, and the topic of committed offsets, which is one. */
@Execution(ExecutionMode.CONCURRENT)
class CompactedTopicTest {

    private static final long START_MS = 1_700_000_000_000L;
    private static final TopicPartition T = new TopicPartition("t", 0);

    @TempDir
    Path directory;

    private final VirtualClock clock = new VirtualClock(START_MS);
    private TestGateway gateway;
    private Admin admin;

    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.start(
                directory,
                Map.of("segment-bytes", "4096", "group-metadata-partitions", "1"),
                Disk.system(),
                clock,
                new KafkaAdapterFactory());
        admin = Admin.create(Map.of("bootstrap.servers", bootstrap()));
    }

    @AfterEach
    void stop() throws Exception {
        admin.close();
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    private String bootstrap() {
        return "127.0.0.1:" + gateway.port("kafka");
    }

    private void create(String... config) throws Exception {
        Map<String, String> settings = new HashMap<>(Map.of("cleanup.policy", "compact"));
        for (int i = 0; i < config.length; i += 2) {
            settings.put(config[i], config[i + 1]);
        }
        admin.createTopics(List.of(new NewTopic("t", 1, (short) 1).configs(settings)))
                .all()
                .get();
    }

    private void alter(String name, String value) throws Exception {
        AlterConfigOp change = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, "t"), List.of(change)))
                .all()
                .get();
    }

    private Producer<String, String> producer(String compression) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap(), "compression.type", compression, "linger.ms", "1"),
                new StringSerializer(),
                new StringSerializer());
    }

    /** So many records of random keys; a null for one in ten. Answers the last value of each key. */
    private Map<String, String> produce(String compression, int records, Map<String, String> before) throws Exception {
        Map<String, String> last = new TreeMap<>(before);
        Random random = new Random(records);
        try (Producer<String, String> producer = producer(compression)) {
            for (int i = 0; i < records; i++) {
                String key = "k" + random.nextInt(20);
                String value = random.nextInt(10) == 0 ? null : "value " + i + " " + "x".repeat(random.nextInt(300));
                producer.send(new ProducerRecord<>("t", 0, START_MS, key, value));
                if (i % 10 == 9) {
                    producer.flush();
                }
                if (value == null) {
                    last.remove(key);
                } else {
                    last.put(key, value);
                }
            }
        }
        return last;
    }

    private void compact() {
        assertThat(gateway.checkpoint()).isTrue();
        gateway.compact();
    }

    private Consumer<String, String> consumer(String group) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrap(),
                        "group.id",
                        group,
                        "enable.auto.commit",
                        "false",
                        "auto.offset.reset",
                        "earliest"),
                new StringDeserializer(),
                new StringDeserializer());
    }

    private List<ConsumerRecord<String, String>> readToTheEnd() {
        try (Consumer<String, String> consumer = consumer("reader")) {
            consumer.assign(List.of(T));
            consumer.seekToBeginning(List.of(T));
            long end = consumer.endOffsets(List.of(T)).get(T);
            List<ConsumerRecord<String, String>> records = new ArrayList<>();
            while (consumer.position(T) < end) {
                consumer.poll(Duration.ofSeconds(10)).forEach(records::add);
            }
            return records;
        }
    }

    private static Map<String, String> lastValues(List<ConsumerRecord<String, String>> records) {
        Map<String, String> last = new TreeMap<>();
        for (ConsumerRecord<String, String> record : records) {
            if (record.value() == null) {
                last.remove(record.key());
            } else {
                last.put(record.key(), record.value());
            }
        }
        return last;
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "zstd"})
    void aConsumerReadsTheLastValueOfEachKeyAndLittleElse(String compression) throws Exception {
        create();
        Map<String, String> last = produce(compression, 1000, Map.of());
        long size = readToTheEnd().size();

        compact();

        List<ConsumerRecord<String, String>> left = readToTheEnd();
        assertThat(size).isEqualTo(1000);
        assertThat(left).hasSizeLessThan(150);
        assertThat(lastValues(left)).isEqualTo(last);
        last = produce(compression, 500, last);
        compact();
        stop();
        start();
        assertThat(lastValues(readToTheEnd())).isEqualTo(last);
        assertThat(readToTheEnd()).hasSizeLessThan(150);
    }

    @Test
    void tombstonesAreThereForAWhile() throws Exception {
        create("delete.retention.ms", "60000");
        Map<String, String> last = produce("none", 1000, Map.of());
        compact();
        assertThat(readToTheEnd()).anyMatch(record -> record.value() == null);
        long first = readToTheEnd().stream()
                .filter(record -> record.value() == null)
                .findFirst()
                .orElseThrow()
                .offset();

        clock.advance(Duration.ofMinutes(2));
        last = produce("none", 500, last);
        compact();

        assertThat(readToTheEnd()).noneMatch(record -> record.offset() == first);
        assertThat(lastValues(readToTheEnd())).isEqualTo(last);
    }

    @Test
    void aTopicIsCompactedFromTheMomentThatItSaysSo() throws Exception {
        create("cleanup.policy", "delete");
        Map<String, String> last = produce("none", 300, Map.of());
        compact();
        assertThat(readToTheEnd()).hasSize(300);

        alter("cleanup.policy", "compact,delete");
        compact();

        assertThat(readToTheEnd()).hasSizeLessThan(150);
        assertThat(lastValues(readToTheEnd())).isEqualTo(last);
        clock.advance(Duration.ofDays(8));
        gateway.expire();
        assertThat(readToTheEnd()).isEmpty();
    }

    @Test
    void anIdempotentProducerGoesOnThroughCompactionAndRestarts() throws Exception {
        create();
        try (Producer<String, String> producer = producer("none")) {
            for (int i = 0; i < 100; i++) {
                producer.send(new ProducerRecord<>("t", 0, START_MS, "k", "x".repeat(200) + i))
                        .get();
            }
            compact();
            for (int i = 100; i < 150; i++) {
                assertThat(producer.send(new ProducerRecord<>("t", 0, START_MS, "k", "" + i))
                                .get()
                                .offset())
                        .isEqualTo(i);
            }
        }
        assertThat(lastValues(readToTheEnd())).containsExactly(Map.entry("k", "149"));
    }

    @Test
    void committedOffsetsAreReadBackFromTheirCompactedTopic() throws Exception {
        create("cleanup.policy", "delete");
        produce("none", 10, Map.of());
        try (Consumer<String, String> consumer = consumer("g")) {
            consumer.assign(List.of(T));
            for (int i = 0; i < 200; i++) {
                consumer.commitSync(Map.of(T, new OffsetAndMetadata(i % 10, "metadata " + i)));
            }
        }
        TopicPartition offsets = new TopicPartition("__consumer_offsets", 0);
        assertThat(count(offsets)).isGreaterThanOrEqualTo(200);
        rollOffsets();
        compact();
        assertThat(count(offsets)).isLessThan(300); // of 400 commits and some more

        stop();
        start();

        try (Consumer<String, String> consumer = consumer("g")) {
            assertThat(consumer.committed(Set.of(T)).get(T))
                    .extracting(OffsetAndMetadata::offset, OffsetAndMetadata::metadata)
                    .containsExactly(9L, "metadata 199");
        }
    }

    /** Segments of 16 MiB are more than a test likes to fill. */
    private void rollOffsets() throws Exception {
        var topics = gateway.context().topics();
        topics.configure(
                        "__consumer_offsets",
                        Map.of("cleanup.policy", "compact", "index.interval.bytes", "0", "segment.index.bytes", "512"))
                .toCompletableFuture()
                .get();
        try (Consumer<String, String> consumer = consumer("g")) {
            consumer.assign(List.of(T));
            for (int i = 0; i < 200; i++) {
                consumer.commitSync(Map.of(T, new OffsetAndMetadata(i % 10, "metadata " + i)));
            }
        }
    }

    private int count(TopicPartition partition) {
        try (Consumer<String, String> consumer = consumer("counter")) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            int count = 0;
            while (consumer.position(partition) < end) {
                count += consumer.poll(Duration.ofSeconds(10)).count();
            }
            return count;
        }
    }
}
