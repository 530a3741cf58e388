package io.polylog.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.disk.Disk;
import io.polylog.testkit.TestGateway;
import io.polylog.testkit.VirtualClock;
import io.polylog.time.EpochClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a topic's settings ask of records and make of them, and what is found by time, with the stock clients. */
class TopicRulesTest {

    private static final TopicPartition T = new TopicPartition("t", 0);

    @TempDir
    Path directory;

    private final VirtualClock clock = new VirtualClock(1_700_000_000_000L);
    private TestGateway gateway;
    private Admin admin;

    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.start(directory, Map.of(), Disk.system(), clock, new KafkaAdapterFactory());
        admin = Admin.create(clientConfig());
    }

    @AfterEach
    void stop() throws Exception {
        admin.close();
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    private void restart() throws Exception {
        stop();
        start();
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

    private List<RecordMetadata> produce(Map<String, String> producer, List<ProducerRecord<String, String>> records)
            throws Exception {
        Map<String, Object> config = new java.util.HashMap<>(clientConfig());
        config.putAll(producer);
        List<RecordMetadata> sent = new ArrayList<>();
        try (Producer<String, String> client =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            var futures = records.stream().map(client::send).toList();
            client.flush();
            for (var future : futures) {
                sent.add(future.get());
            }
        }
        return sent;
    }

    private List<RecordMetadata> produce(ProducerRecord<String, String> record) throws Exception {
        return produce(Map.of(), List.of(record));
    }

    private static ProducerRecord<String, String> at(long timestampMs) {
        return new ProducerRecord<>("t", 0, timestampMs, "k", "at " + timestampMs);
    }

    private Consumer<String, String> consumer() {
        Consumer<String, String> consumer =
                new KafkaConsumer<>(clientConfig(), new StringDeserializer(), new StringDeserializer());
        consumer.assign(List.of(T));
        consumer.seekToBeginning(List.of(T));
        return consumer;
    }

    private List<ConsumerRecord<String, String>> read(int count) {
        try (Consumer<String, String> consumer = consumer()) {
            List<ConsumerRecord<String, String>> records = new ArrayList<>();
            while (records.size() < count) {
                consumer.poll(Duration.ofSeconds(10)).forEach(records::add);
            }
            return records;
        }
    }

    @Test
    void findsOffsetsByTimeInsideACompressedBatch() throws Exception {
        create(Map.of());
        produce(
                Map.of("compression.type", "zstd", "linger.ms", "1000"),
                List.of(at(100), at(300), at(200), at(400), at(400)));

        try (Consumer<String, String> consumer = consumer()) {
            assertThat(consumer.offsetsForTimes(Map.of(T, 150L)).get(T))
                    .extracting(OffsetAndTimestamp::offset, OffsetAndTimestamp::timestamp)
                    .containsExactly(1L, 300L);
            assertThat(consumer.offsetsForTimes(Map.of(T, 350L)).get(T))
                    .extracting(OffsetAndTimestamp::offset)
                    .isEqualTo(3L);
            assertThat(consumer.offsetsForTimes(Map.of(T, 401L)).get(T)).isNull();
        }
        assertThat(listed(OffsetSpec.maxTimestamp()).offset()).isEqualTo(3);
        assertThat(listed(OffsetSpec.maxTimestamp()).timestamp()).isEqualTo(400);
        assertThat(listed(OffsetSpec.earliest()).offset()).isZero();
        assertThat(listed(OffsetSpec.earliestLocal()).offset()).isZero();
        assertThat(listed(OffsetSpec.latest()).offset()).isEqualTo(5);
        assertThat(listed(OffsetSpec.latestTiered()).offset()).isEqualTo(-1);
    }

    private ListOffsetsResultInfo listed(OffsetSpec spec) throws Exception {
        return admin.listOffsets(Map.of(T, spec)).partitionResult(T).get();
    }

    @Test
    void recordsBearTheTimeOfTheLogWhereTheTopicSaysSo() throws Exception {
        create(Map.of("message.timestamp.type", "LogAppendTime"));

        RecordMetadata first = produce(at(5)).get(0);
        clock.advance(Duration.ofSeconds(1));
        RecordMetadata second = produce(at(6)).get(0);

        assertThat(first.timestamp()).isEqualTo(1_700_000_000_000L);
        assertThat(second.timestamp()).isEqualTo(1_700_000_001_000L);
        assertThat(read(2))
                .allSatisfy(record -> assertThat(record.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME))
                .extracting(ConsumerRecord::timestamp)
                .containsExactly(1_700_000_000_000L, 1_700_000_001_000L);
        assertThat(listed(OffsetSpec.forTimestamp(1_700_000_000_001L)).offset()).isEqualTo(1);
    }

    @Test
    void theKindOfTimeChangesOnALiveTopicAndSurvivesARestart() throws Exception {
        create(Map.of());
        produce(at(5));
        alter("message.timestamp.type", "LogAppendTime");
        produce(at(6));
        restart();
        produce(at(7));
        alter("message.timestamp.type", "CreateTime");
        produce(at(8));

        assertThat(read(4))
                .extracting(ConsumerRecord::timestamp)
                .containsExactly(5L, 1_700_000_000_000L, 1_700_000_000_000L, 8L);
    }

    @Test
    void refusesTimesTooFarFromNow() throws Exception {
        create(Map.of("message.timestamp.before.max.ms", "60000", "message.timestamp.after.max.ms", "60000"));
        long now = EpochClock.system().timeMs();

        assertThatThrownBy(() -> produce(at(now - 3_600_000))).hasCauseInstanceOf(InvalidTimestampException.class);
        assertThatThrownBy(() -> produce(at(now + 3_600_000))).hasCauseInstanceOf(InvalidTimestampException.class);
        assertThat(produce(at(now)).get(0).offset()).isZero();
    }

    @Test
    void refusesRecordsWithoutKeyWhereTheTopicIsCompacted() throws Exception {
        create(Map.of("cleanup.policy", "compact"));

        assertThatThrownBy(() -> produce(new ProducerRecord<>("t", "no key")))
                .hasCauseInstanceOf(InvalidRecordException.class)
                .hasMessageContaining("without key");
        assertThat(produce(at(5)).get(0).offset()).isZero();
    }

    @Test
    void refusesABatchThatIsLongerThanTheTopicAllowsNow() throws Exception {
        create(Map.of());
        alter("max.message.bytes", "1000");
        ProducerRecord<String, String> large = new ProducerRecord<>("t", 0, "k", "x".repeat(1000));

        assertThatThrownBy(() -> produce(large)).hasCauseInstanceOf(RecordTooLargeException.class);
        alter("max.message.bytes", "2000");
        assertThat(produce(large).get(0).offset()).isZero();
    }

    @Test
    void storesBatchesInTheCompressionOfTheTopic() throws Exception {
        create(Map.of("compression.type", "gzip", "compression.gzip.level", "9"));
        ProducerRecord<String, String> large = new ProducerRecord<>("t", 0, 5L, "k", "x".repeat(100_000));

        produce(Map.of("compression.type", "lz4"), List.of(large));
        produce(large);
        long size = gateway.context()
                .fetcher()
                .read(gateway.context().topics().find("t").orElseThrow().partition(0), 0, 1 << 20, true)
                .toCompletableFuture()
                .join()
                .slice()
                .sizeInBytes();

        assertThat(size).isLessThan(2_000);
        assertThat(read(2)).extracting(ConsumerRecord::value).allMatch(large.value()::equals);
        alter("compression.type", "uncompressed");
        produce(Map.of("compression.type", "zstd"), List.of(large));
        assertThat(read(3)).extracting(ConsumerRecord::value).allMatch(large.value()::equals);
    }
}
