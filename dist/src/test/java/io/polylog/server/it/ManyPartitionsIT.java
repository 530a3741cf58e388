package io.polylog.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.time.NanoClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code polylog.partitions.count} partitions in a gateway with a heap of {@code polylog.partitions.heap} that may open
 * {@code polylog.partitions.files} files: each is written and read, before and after a crash.
 */
final class ManyPartitionsIT {

    private static final Logger log = LoggerFactory.getLogger(ManyPartitionsIT.class);

    private static final int COUNT = Integer.getInteger("polylog.partitions.count");
    private static final String HEAP = System.getProperty("polylog.partitions.heap");
    private static final int FILES = Integer.getInteger("polylog.partitions.files");

    private static final int PARTITIONS_PER_TOPIC = 500;
    private static final int BATCH_BYTES = 1024;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final NanoClock clock = NanoClock.system();
    private final List<TopicPartition> partitions = IntStream.range(0, COUNT)
            .mapToObj(i -> new TopicPartition("many-" + i / PARTITIONS_PER_TOPIC, i % PARTITIONS_PER_TOPIC))
            .toList();

    @TempDir
    private Path directory;

    private long stepNanos;

    @Test
    void areWrittenAndReadBeforeAndAfterACrash() throws Exception {
        begin();
        try (StartedGateway gateway = start()) {
            tell(gateway, "started");
            create(gateway);
            tell(gateway, "created");
            writeOneInEach(gateway, "first");
            tell(gateway, "written");
            assertThat(readAll(gateway)).isEqualTo(expected("first"));
            tell(gateway, "read");
            gateway.kill();
        }
        begin();
        try (StartedGateway gateway = start()) {
            tell(gateway, "started again");
            assertThat(readAll(gateway)).isEqualTo(expected("first"));
            tell(gateway, "read again");
            writeOneInEach(gateway, "second");
            assertThat(readAll(gateway)).isEqualTo(expected("first", "second"));
            tell(gateway, "written and read again");
            refusesWhatTheHeapWouldNotHold(gateway);
        }
    }

    private StartedGateway start() {
        return StartedGateway.start(
                directory,
                Map.of("POLYLOG_HEAP", HEAP),
                List.of("sh", "-c", "ulimit -n " + FILES + " && exec \"$@\"", "sh"));
    }

    private void create(StartedGateway gateway) throws Exception {
        try (Admin admin = admin(gateway)) {
            for (int i = 0; i < COUNT / PARTITIONS_PER_TOPIC; i++) {
                admin.createTopics(List.of(new NewTopic("many-" + i, PARTITIONS_PER_TOPIC, (short) 1)))
                        .all()
                        .get();
            }
        }
    }

    private static void refusesWhatTheHeapWouldNotHold(StartedGateway gateway) {
        try (Admin admin = admin(gateway)) {
            assertThatThrownBy(() -> admin.createTopics(List.of(new NewTopic("too-many", 100_000, (short) 1)))
                            .all()
                            .get())
                    .hasCauseInstanceOf(InvalidPartitionsException.class)
                    .hasMessageContaining("partitions");
        }
    }

    private void writeOneInEach(StartedGateway gateway, String value) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        gateway.endpoint("kafka").toString(),
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        BATCH_BYTES),
                new StringSerializer(),
                new StringSerializer())) {
            for (TopicPartition partition : partitions) {
                sent.add(producer.send(
                        new ProducerRecord<>(partition.topic(), partition.partition(), null, value + partition)));
            }
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
    }

    private Map<TopicPartition, List<String>> expected(String... values) {
        Map<TopicPartition, List<String>> expected = new HashMap<>();
        for (TopicPartition partition : partitions) {
            List<String> all = new ArrayList<>();
            for (String value : values) {
                all.add(value + partition);
            }
            expected.put(partition, all);
        }
        return expected;
    }

    private Map<TopicPartition, List<String>> readAll(StartedGateway gateway) {
        Map<TopicPartition, List<String>> found = new HashMap<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        gateway.endpoint("kafka").toString(),
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        COUNT),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(partitions);
            long wanted = consumer.endOffsets(partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            consumer.seekToBeginning(partitions);
            long untilNanos = clock.nanoTime() + PATIENCE.toNanos();
            while (wanted > 0 && clock.nanoTime() < untilNanos) {
                for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(200))) {
                    found.computeIfAbsent(
                                    new TopicPartition(each.topic(), each.partition()), first -> new ArrayList<>())
                            .add(each.value());
                    wanted--;
                }
            }
        }
        return found;
    }

    private static Admin admin(StartedGateway gateway) {
        return Admin.create(
                Map.of("bootstrap.servers", gateway.endpoint("kafka").toString()));
    }

    private void begin() {
        stepNanos = clock.nanoTime();
    }

    /** What the step took, and what the process has. */
    private void tell(StartedGateway gateway, String step) throws Exception {
        long ms = (clock.nanoTime() - stepNanos) / 1_000_000;
        log.atInfo()
                .addKeyValue("ms", ms)
                .addKeyValue("resident_mib", gateway.residentMib())
                .addKeyValue("live_heap_mib", gateway.liveHeapMib())
                .addKeyValue("open_files", gateway.openFiles())
                .addKeyValue("threads", gateway.threads())
                .log(step);
        assertThat(gateway.openFiles()).isLessThan(FILES);
        begin();
    }
}
