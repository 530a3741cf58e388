package io.polylog.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.broker.Writes;
import io.polylog.testkit.FaultyDisk;
import io.polylog.testkit.TestGateway;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Producers and consumers on a disk that is slow, broken or full. */
@Execution(ExecutionMode.CONCURRENT)
class DiskTroubleTest {

    private static final NanoClock CLOCK = NanoClock.system();

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final short FETCH_VERSION = 12;

    /** So that every event loop of the gateway has some. */
    private static final int CONNECTIONS = 8;

    @TempDir
    Path directory;

    private FaultyDisk disk;
    private TestGateway gateway;

    @BeforeEach
    void start() throws IOException {
        disk = new FaultyDisk(directory);
        gateway = TestGateway.start(
                directory,
                Map.of("durability", "fsync"),
                disk,
                EpochClock.system(),
                NanoClock.system(),
                new KafkaAdapterFactory());
    }

    @AfterEach
    void stop() throws IOException {
        disk.releaseForces();
        disk.freeSpace();
        gateway.close();
    }

    @Test
    void aStuckForceHoldsUpProducersAndNobodyElse() throws Exception {
        produce("t", "before");
        disk.holdForces(path -> path.toString().endsWith(".journal"));
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                sent.add(producer.send(new ProducerRecord<>("t", new byte[50_000])));
            }

            assertThat(consume("t", 1)).containsExactly("before");
            List<RawClient> others = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                others.add(new RawClient(gateway.port("kafka")));
            }
            for (RawClient other : others) {
                other.send(ApiKeys.API_VERSIONS, (short) 0, 1, new ApiVersionsRequestData());
                assertThat(other.receive(ApiKeys.API_VERSIONS, (short) 0, 1).errorCounts())
                        .containsOnlyKeys(Errors.NONE);
                other.close();
            }
            assertThat(sent).noneMatch(Future::isDone);

            disk.releaseForces();
            for (int i = 0; i < sent.size(); i++) {
                assertThat(sent.get(i).get(60, TimeUnit.SECONDS).offset()).isEqualTo(i + 1);
            }
        }
    }

    @Test
    void aProducerWithDefaultsOutlivesAFullDisk() throws Exception {
        produce("t", "before");
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            producer.send(new ProducerRecord<>("t", bytes("first"))).get(60, TimeUnit.SECONDS);
            disk.limitSpace(1 << 20);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> gateway.context().readiness().writes() == Writes.DISK_FULL);
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                sent.add(producer.send(new ProducerRecord<>("t", bytes("value " + i))));
            }
            assertThat(consume("t", 2)).containsExactly("before", "first");
            assertThatThrownBy(() -> produce("t", "impatient", Map.of("retries", "0")))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(KafkaStorageException.class);
            assertThat(sent).noneMatch(Future::isDone);

            disk.freeSpace();

            for (int i = 0; i < sent.size(); i++) {
                assertThat(sent.get(i).get(60, TimeUnit.SECONDS).offset()).isEqualTo(i + 2);
            }
        }
    }

    @Test
    void aConsumerIsToldWhatCannotBeReadAndServedTheRest() throws Exception {
        produce("broken", "x");
        produce("whole", "y");
        disk.failReads(
                path -> path.toString().contains("broken-0") && path.toString().endsWith(".log"));

        assertThat(fetch("broken", 0, 1 << 20).errorCode()).isEqualTo(Errors.KAFKA_STORAGE_ERROR.code());
        assertThat(consume("whole", 1)).containsExactly("y");
        disk.failReads(path -> false);
        assertThat(consume("broken", 1)).containsExactly("x");
    }

    @Test
    void aTransferThatTheDiskBreaksIsToldAtTheNextFetch() throws Exception {
        produce("t", "first");
        produce("t", "second");
        // Ends with the first batch, after which the log knows where the second begins without looking.
        assertThat(fetch("t", 0, 1).errorCode()).isEqualTo(Errors.NONE.code());
        disk.failReads(path -> path.toString().endsWith(".log"));

        assertThatThrownBy(() -> fetch("t", 1, 1 << 20)).isInstanceOf(EOFException.class);
        assertThat(fetch("t", 1, 1 << 20).errorCode()).isEqualTo(Errors.KAFKA_STORAGE_ERROR.code());
        disk.failReads(path -> false);
        assertThat(consume("t", 2)).containsExactly("first", "second");
    }

    private PartitionData fetch(String topic, long offset, int maxBytes) throws IOException {
        try (RawClient client = new RawClient(gateway.port("kafka"))) {
            FetchRequestData request = new FetchRequestData()
                    .setMaxBytes(1 << 20)
                    .setTopics(List.of(new FetchTopic()
                            .setTopic(topic)
                            .setPartitions(List.of(new FetchPartition()
                                    .setPartition(0)
                                    .setFetchOffset(offset)
                                    .setPartitionMaxBytes(maxBytes)))));
            client.send(ApiKeys.FETCH, FETCH_VERSION, 7, request);
            FetchResponse response = (FetchResponse) client.receive(ApiKeys.FETCH, FETCH_VERSION, 7);
            return response.data().responses().get(0).partitions().get(0);
        }
    }

    private void produce(String topic, String value) throws Exception {
        produce(topic, value, Map.of());
    }

    private void produce(String topic, String value, Map<String, Object> config) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(config)) {
            producer.send(new ProducerRecord<>(topic, bytes(value))).get(60, TimeUnit.SECONDS);
        }
    }

    private KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
        Map<String, Object> config = new java.util.HashMap<>(more);
        config.put("bootstrap.servers", "127.0.0.1:" + gateway.port("kafka"));
        if (more.containsKey("retries")) {
            config.put("enable.idempotence", "false");
        }
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private List<String> consume(String topic, int count) {
        List<String> values = new ArrayList<>();
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", "127.0.0.1:" + gateway.port("kafka")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long deadline = CLOCK.nanoTime() + PATIENCE.toNanos();
            while (values.size() < count && CLOCK.nanoTime() < deadline) {
                consumer.poll(Duration.ofSeconds(1)).forEach(record -> values.add(new String(record.value(), UTF_8)));
            }
        }
        return values;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
