package io.polylog.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.polylog.broker.TopicSpec;
import io.polylog.testkit.TestGateway;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stock consumer of very many partitions: its fetch session spares it to name them all each time. */
class ManyPartitionsConsumerTest {

    private static final int PARTITIONS = 500;

    @TempDir
    Path directory;

    @Test
    void requestsAndAnswersAreShortOnceTheSessionIsOpen() throws Exception {
        try (TestGateway gateway = TestGateway.start(directory, new KafkaAdapterFactory())) {
            TopicSpec spec = new TopicSpec("wide", PARTITIONS, Map.of());
            gateway.context().topics().create(spec).toCompletableFuture().join();
            Map<String, Object> settings = SecureClients.plain(gateway.port("kafka"));
            settings.put("fetch.max.wait.ms", 1);
            try (Consumer<byte[], byte[]> consumer = SecureClients.consumer(settings);
                    Producer<byte[], byte[]> producer = SecureClients.producer(settings)) {
                List<TopicPartition> all = IntStream.range(0, PARTITIONS)
                        .mapToObj(index -> new TopicPartition("wide", index))
                        .toList();
                consumer.assign(all);
                consumer.seekToBeginning(all);
                poll(consumer, 5);
                assertThat(gateway.gauge("polylog_kafka_fetch_session_partitions"))
                        .isEqualTo(PARTITIONS);

                double sent = metric(consumer, "outgoing-byte-total");
                double received = metric(consumer, "incoming-byte-total");
                double before = metric(consumer, "fetch-total");
                poll(consumer, 20);
                double fetches = metric(consumer, "fetch-total") - before;
                // Each of 500 partitions takes at least 20 bytes in a request, and in an answer.
                assertThat((metric(consumer, "outgoing-byte-total") - sent) / fetches)
                        .isLessThan(500);
                assertThat((metric(consumer, "incoming-byte-total") - received) / fetches)
                        .isLessThan(500);

                for (TopicPartition partition : all) {
                    producer.send(new ProducerRecord<>(partition.topic(), partition.partition(), null, new byte[10]));
                }
                producer.flush();
                Set<TopicPartition> seen = new HashSet<>();
                await().until(() -> {
                    consumer.poll(Duration.ofMillis(100))
                            .forEach(record -> seen.add(new TopicPartition(record.topic(), record.partition())));
                    return seen.size() == PARTITIONS;
                });
            }
            assertThat(gateway.failure()).isNull();
        }
    }

    /** Polls until there have been so many more fetches. */
    private static void poll(Consumer<byte[], byte[]> consumer, int fetches) {
        double target = metric(consumer, "fetch-total") + fetches;
        await().until(() -> {
            consumer.poll(Duration.ofMillis(10));
            return metric(consumer, "fetch-total") >= target;
        });
    }

    /** Of the consumer as a whole. */
    private static double metric(Consumer<byte[], byte[]> consumer, String name) {
        return consumer.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals(name)
                        && metric.getKey().tags().keySet().equals(Set.of("client-id")))
                .mapToDouble(metric -> (double) metric.getValue().metricValue())
                .max()
                .orElse(0);
    }
}
