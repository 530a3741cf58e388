package io.polylog.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.testkit.TestGateway;
import io.polylog.time.EpochClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stock producers that schedule and cancel by headers, and stock consumers of what comes. */
class ScheduledProduceTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.start(directory, new KafkaAdapterFactory());
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "lz4"})
    void takesScheduledRecordsOutOfTheirBatches(String compression) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        long sentAtMs = EpochClock.system().timeMs();
        try (KafkaProducer<String, String> producer = producer(compression)) {
            for (int i = 0; i < 100; i++) {
                sent.add(producer.send(i % 2 == 0 ? record("now" + i) : record("later" + i, "polylog-delay", "300ms")));
            }
            for (Future<RecordMetadata> one : sent) {
                one.get();
            }
        }
        List<ConsumerRecord<String, String>> read = read(100);
        assertThat(read.subList(0, 50))
                .allSatisfy(record -> assertThat(record.value()).startsWith("now"));
        assertThat(read.subList(50, 100)).allSatisfy(record -> {
            assertThat(record.value()).startsWith("later");
            assertThat(record.timestamp()).isGreaterThanOrEqualTo(sentAtMs + 300);
            assertThat(record.headers().lastHeader("polylog-delay")).isNull();
            assertThat(new String(
                            record.headers().lastHeader("polylog-scheduled-at").value(), UTF_8))
                    .isEqualTo(Long.toString(record.timestamp()));
        });
        assertThat(read).extracting(ConsumerRecord::value).doesNotHaveDuplicates();
    }

    @Test
    void cancelsAndRefuses() throws Exception {
        try (KafkaProducer<String, String> producer = producer("none")) {
            producer.send(record("a", "polylog-delay", "1h", "polylog-schedule-id", "a"))
                    .get();
            producer.send(record(null, "polylog-schedule-cancel", "a")).get();
            Awaitility.await().until(() -> gateway.context().schedules().count() == 0);
            for (ProducerRecord<String, String> wrong : List.of(
                    record(null, "polylog-schedule-cancel", "nothing"),
                    record("x", "polylog-delay", "soon"),
                    record("x", "polylog-schedule-cancel", "a"))) {
                assertThatThrownBy(() -> producer.send(wrong).get()).hasCauseInstanceOf(InvalidRecordException.class);
            }
            assertThat(producer.send(record("after")).get().offset()).isZero();
        }
    }

    private static ProducerRecord<String, String> record(String value, String... headers) {
        ProducerRecord<String, String> record = new ProducerRecord<>("t", 0, null, value);
        for (int i = 0; i < headers.length; i += 2) {
            record.headers().add(headers[i], headers[i + 1].getBytes(UTF_8));
        }
        return record;
    }

    private KafkaProducer<String, String> producer(String compression) {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        "localhost:" + gateway.port("kafka"),
                        "compression.type",
                        compression,
                        "linger.ms",
                        "20"),
                new StringSerializer(),
                new StringSerializer());
    }

    private List<ConsumerRecord<String, String>> read(int count) {
        List<ConsumerRecord<String, String>> read = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", "localhost:" + gateway.port("kafka"), "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            TopicPartition partition = new TopicPartition("t", 0);
            consumer.assign(List.of(partition));
            consumer.seek(partition, 0);
            Awaitility.await().atMost(PATIENCE).until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(read::add);
                return read.size() >= count;
            });
        }
        return read;
    }
}
