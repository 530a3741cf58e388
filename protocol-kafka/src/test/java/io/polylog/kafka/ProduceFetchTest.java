package io.polylog.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.testkit.TestGateway;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stock producers and consumers against a gateway, without groups. */
@Execution(ExecutionMode.CONCURRENT)
class ProduceFetchTest {

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
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void whatIsProducedIsConsumed(String compression) throws Exception {
        int count = 5_000;
        try (Producer<byte[], byte[]> producer = producer(Map.of("compression.type", compression))) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                ProducerRecord<byte[], byte[]> record = new ProducerRecord<>("t", bytes("k" + i % 10), bytes("v" + i));
                record.headers().add("h", bytes("x" + i));
                sent.add(producer.send(record));
            }
            for (int i = 0; i < count; i++) {
                assertThat(sent.get(i).get().offset()).isEqualTo(i);
            }
        }
        List<ConsumerRecord<byte[], byte[]>> read = read("t", 0, count, Map.of());
        for (int i = 0; i < count; i++) {
            assertThat(read.get(i).offset()).isEqualTo(i);
            assertThat(text(read.get(i).key())).isEqualTo("k" + i % 10);
            assertThat(text(read.get(i).value())).isEqualTo("v" + i);
            assertThat(text(read.get(i).headers().lastHeader("h").value())).isEqualTo("x" + i);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"read_uncommitted", "read_committed"})
    void smallFetchLimitsLoseNothing(String isolation) throws Exception {
        produce("t", 2_000, Map.of("linger.ms", "0", "batch.size", "400"));
        List<ConsumerRecord<byte[], byte[]>> read = read(
                "t",
                0,
                2_000,
                Map.of(
                        "max.partition.fetch.bytes", "100",
                        "fetch.max.bytes", "100",
                        "isolation.level", isolation));
        assertThat(read).extracting(ConsumerRecord::offset).containsExactlyElementsOf(offsets(0, 2_000));
    }

    @Test
    void readsFromTheMiddleOfABatch() throws Exception {
        produce("t", 1_000, Map.of("batch.size", "100000", "linger.ms", "100"));
        List<ConsumerRecord<byte[], byte[]>> read = read("t", 777, 223, Map.of());
        assertThat(read.get(0).offset()).isEqualTo(777);
    }

    @Test
    void waitingConsumerGetsWhatIsProducedLater() throws Exception {
        produce("t", 1, Map.of());
        try (Consumer<byte[], byte[]> consumer =
                consumer(Map.of("fetch.max.wait.ms", "600000", "request.timeout.ms", "700000"))) {
            TopicPartition partition = new TopicPartition("t", 0);
            consumer.assign(List.of(partition));
            consumer.seek(partition, 1);
            assertThat(consumer.poll(Duration.ofMillis(300))).isEmpty(); // its fetch waits at the gateway by now
            produce("t", 1, Map.of());
            assertThat(consumer.poll(PATIENCE)).hasSize(1); // long before the fetch would have ended by itself
            consumer.close(CloseOptions.timeout(Duration.ZERO)); // its next fetch waits already
        }
    }

    @Test
    void minBytesHoldsAFetchUntilTheWaitIsOver() throws Exception {
        produce("t", 1, Map.of());
        List<ConsumerRecord<byte[], byte[]>> read =
                read("t", 0, 1, Map.of("fetch.min.bytes", "100000", "fetch.max.wait.ms", "400"));
        assertThat(read).hasSize(1);
    }

    @Test
    void offsetsOutOfRangeAreTold() throws Exception {
        produce("t", 3, Map.of());
        try (Consumer<byte[], byte[]> consumer = consumer(Map.of("auto.offset.reset", "none"))) {
            TopicPartition partition = new TopicPartition("t", 0);
            consumer.assign(List.of(partition));
            consumer.seek(partition, 100);
            assertThatThrownBy(() -> consumer.poll(PATIENCE)).isInstanceOf(OffsetOutOfRangeException.class);
        }
    }

    @Test
    void offsetsByTimeAndEnds() throws Exception {
        try (Producer<byte[], byte[]> producer = producer(Map.of())) {
            for (int i = 0; i < 10; i++) {
                producer.send(new ProducerRecord<>("t", 0, 1_000L * i, null, bytes("v")));
            }
        }
        try (Consumer<byte[], byte[]> consumer = consumer(Map.of())) {
            TopicPartition partition = new TopicPartition("t", 0);
            assertThat(consumer.beginningOffsets(List.of(partition))).containsEntry(partition, 0L);
            assertThat(consumer.endOffsets(List.of(partition))).containsEntry(partition, 10L);
            assertThat(consumer.offsetsForTimes(Map.of(partition, 3_500L))
                            .get(partition)
                            .offset())
                    .isEqualTo(4);
            assertThat(consumer.offsetsForTimes(Map.of(partition, 1_000_000L)).get(partition))
                    .isNull();
        }
    }

    @Test
    void unansweredProduceArrives() throws Exception {
        produce("t", 100, Map.of("acks", "0", "enable.idempotence", "false"));
        assertThat(read("t", 0, 100, Map.of())).hasSize(100);
    }

    @Test
    void largeMessagesUpToTheTopicsLimit() throws Exception {
        try (Producer<byte[], byte[]> producer = producer(Map.of("max.request.size", "20000000"))) {
            producer.send(new ProducerRecord<>("t", new byte[1_000_000])).get();
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>("t", new byte[5_000_000]))
                            .get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(RecordTooLargeException.class);
        }
        assertThat(read("t", 0, 1, Map.of()).get(0).value()).hasSize(1_000_000);
    }

    @Test
    void internalTopicsAreNotForClients() {
        try (Producer<byte[], byte[]> producer = producer(Map.of())) {
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>("__mine", bytes("v")))
                            .get())
                    .hasCauseInstanceOf(InvalidTopicException.class);
        }
    }

    private void produce(String topic, int count, Map<String, String> settings) throws Exception {
        try (Producer<byte[], byte[]> producer = producer(settings)) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>(topic, bytes("v" + i)));
            }
        }
    }

    private List<ConsumerRecord<byte[], byte[]>> read(
            String topic, long from, int count, Map<String, String> settings) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (Consumer<byte[], byte[]> consumer = consumer(settings)) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seek(partition, from);
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (records.size() < count && System.nanoTime() < end) {
                consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
            }
        }
        assertThat(records).hasSize(count);
        return records;
    }

    private Producer<byte[], byte[]> producer(Map<String, String> settings) {
        return new KafkaProducer<>(properties(settings), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private Consumer<byte[], byte[]> consumer(Map<String, String> settings) {
        return new KafkaConsumer<>(properties(settings), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private Properties properties(Map<String, String> settings) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", "127.0.0.1:" + gateway.port("kafka"));
        properties.putAll(settings);
        return properties;
    }

    private static List<Long> offsets(long from, long to) {
        return java.util.stream.LongStream.range(from, to).boxed().toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }
}
