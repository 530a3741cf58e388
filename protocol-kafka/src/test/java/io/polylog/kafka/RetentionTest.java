package io.polylog.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.disk.Disk;
import io.polylog.testkit.TestGateway;
import io.polylog.testkit.VirtualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records that go: because a client deletes them, or because they are older or more than their topic keeps. */
class RetentionTest {

    private static final long START_MS = 1_700_000_000_000L;
    private static final TopicPartition T = new TopicPartition("t", 0);

    @TempDir
    Path directory;

    private final VirtualClock clock = new VirtualClock(START_MS);
    private TestGateway gateway;
    private Admin admin;

    @BeforeEach
    void start() throws Exception {
        start(Map.of("segment-bytes", "4096"));
    }

    private void start(Map<String, String> settings) throws Exception {
        gateway = TestGateway.start(directory, settings, Disk.system(), clock, new KafkaAdapterFactory());
        admin = Admin.create(clientConfig());
    }

    @AfterEach
    void stop() throws Exception {
        admin.close();
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    private Map<String, Object> clientConfig() {
        return Map.of("bootstrap.servers", "127.0.0.1:" + gateway.port("kafka"));
    }

    private void create(Map<String, String> config) throws Exception {
        admin.createTopics(List.of(new NewTopic("t", 1, (short) 1).configs(config)))
                .all()
                .get();
    }

    private void alter(String name, String value) throws Exception {
        AlterConfigOp change = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, "t"), List.of(change)))
                .all()
                .get();
    }

    /** Records of 1,000 bytes in batches of their own, a second apart. */
    private void produce(int count) throws Exception {
        try (Producer<String, String> producer =
                new KafkaProducer<>(clientConfig(), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>("t", 0, START_MS + i * 1_000L, "k", "x".repeat(1_000)))
                        .get();
            }
        }
    }

    private Consumer<String, String> consumer() {
        Consumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", "127.0.0.1:" + gateway.port("kafka"), "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new StringDeserializer());
        consumer.assign(List.of(T));
        return consumer;
    }

    private void expireAfter(Duration time) {
        clock.advance(time);
        gateway.expire();
    }

    private long firstOffset() {
        try (Consumer<String, String> consumer = consumer()) {
            return consumer.beginningOffsets(List.of(T)).get(T);
        }
    }

    private long delete(long before) throws Exception {
        return admin.deleteRecords(Map.of(T, RecordsToDelete.beforeOffset(before)))
                .lowWatermarks()
                .get(T)
                .get()
                .lowWatermark();
    }

    @Test
    void deletesRecordsBeforeAnOffsetAndAfterARestartTheyAreGone() throws Exception {
        create(Map.of());
        produce(5);

        assertThat(delete(3)).isEqualTo(3);
        assertThat(delete(2)).isEqualTo(3);
        stop();
        start();
        assertThat(firstOffset()).isEqualTo(3);
        try (Consumer<String, String> consumer = consumer()) {
            consumer.seek(T, 0); // gone: it goes on at the beginning
            assertThat(consumer.poll(Duration.ofSeconds(10)))
                    .extracting(ConsumerRecord::offset)
                    .containsExactly(3L, 4L);
        }
        assertThat(delete(-1)).isEqualTo(5);
        assertThat(firstOffset()).isEqualTo(5);
    }

    @Test
    void refusesToDeleteWhatKafkaDoes() throws Exception {
        create(Map.of());
        produce(2);

        assertThatThrownBy(() -> delete(3)).hasCauseInstanceOf(OffsetOutOfRangeException.class);
        assertThatThrownBy(() -> delete(-5)).hasCauseInstanceOf(OffsetOutOfRangeException.class);
        alter("cleanup.policy", "compact");
        assertThatThrownBy(() -> delete(1)).hasCauseInstanceOf(PolicyViolationException.class);
        alter("cleanup.policy", "compact,delete");
        assertThat(delete(1)).isEqualTo(1);
    }

    @Test
    void oldSegmentsGoAndInTheEndAllOfThem() throws Exception {
        create(Map.of("retention.ms", "120000"));
        produce(10); // three to a segment

        expireAfter(Duration.ofSeconds(122));
        assertThat(firstOffset()).isZero();
        expireAfter(Duration.ofSeconds(1));
        assertThat(firstOffset()).isEqualTo(3);
        expireAfter(Duration.ofSeconds(6));
        assertThat(firstOffset()).isEqualTo(9);
        expireAfter(Duration.ofSeconds(1));
        assertThat(firstOffset()).isEqualTo(10);
        produce(1);
        assertThat(firstOffset()).isEqualTo(10);
    }

    @Test
    void segmentsBeyondTheSizeGo() throws Exception {
        create(Map.of("retention.bytes", "5000"));
        produce(10);

        expireAfter(Duration.ofMinutes(1));

        assertThat(firstOffset()).isEqualTo(3);
    }

    @Test
    void aSettingThatChangesCountsFromTheNextLookOnAlsoAfterARestart() throws Exception {
        create(Map.of("retention.ms", "-1"));
        produce(10);
        expireAfter(Duration.ofDays(30));
        assertThat(firstOffset()).isZero();

        alter("cleanup.policy", "compact");
        alter("retention.ms", "1000");
        expireAfter(Duration.ofMinutes(2));
        assertThat(firstOffset()).isZero();
        stop();
        start();
        alter("cleanup.policy", "delete");
        expireAfter(Duration.ofMinutes(2));
        assertThat(firstOffset()).isEqualTo(10);
    }

    @Test
    void segmentsRollByTheTimeOfRecordsSoThatRetentionCanLetThemGo() throws Exception {
        create(Map.of("retention.ms", "60000", "segment.ms", "4000", "segment.bytes", "1048576"));
        produce(15); // five to a segment

        expireAfter(Duration.ofSeconds(65));
        assertThat(firstOffset()).isEqualTo(5);
        expireAfter(Duration.ofSeconds(60));
        assertThat(firstOffset()).isEqualTo(15);
        try (Consumer<String, String> consumer = consumer()) {
            assertThat(consumer.endOffsets(List.of(T))).containsEntry(T, 15L);
        }
    }

    @Test
    void looksByItselfFromTimeToTime() throws Exception {
        create(Map.of("retention.ms", "1000"));
        produce(10);
        stop();
        start(Map.of("segment-bytes", "4096", "retention-check-interval-ms", "20"));
        assertThat(firstOffset()).isZero();

        clock.advance(Duration.ofMinutes(5));

        Awaitility.await().until(() -> firstOffset() == 10);
    }

    @Test
    void declaredQueuesKeepWhatIsNotSettled() throws Exception {
        create(Map.of("retention.ms", "1000", "polylog.retention", "queue"));
        produce(10);

        expireAfter(Duration.ofMinutes(5));

        assertThat(firstOffset()).isZero();
    }
}
