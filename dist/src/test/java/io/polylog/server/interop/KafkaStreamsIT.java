package io.polylog.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.it.StartedGateway;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Applications of Kafka Streams that count words, with both protocols that their groups may have, and exactly once. */
final class KafkaStreamsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private static Path directory;

    private static StartedGateway gateway;

    @BeforeAll
    static void start() {
        gateway = StartedGateway.start(directory, Map.of());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @CsvSource({"old, classic, at_least_once", "new, streams, at_least_once", "once, classic, exactly_once_v2"})
    void countsGoOnFromTheirChangelogAfterTheStoreIsLost(String name, String protocol, String guarantee)
            throws Exception {
        String lines = "lines-" + name;
        String counts = "counts-" + name;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka()))) {
            admin.createTopics(List.of(new NewTopic(lines, 2, (short) 1), new NewTopic(counts, 1, (short) 1)))
                    .all()
                    .get();
            write(lines, "a b a", "b a c");
            try (WordCountApplication first = application(name, protocol, guarantee, "store-1")) {
                awaitCounts(counts, first, Map.of("a", "3", "b", "2", "c", "1"));
                assertThat(admin.listTopics().names().get())
                        .contains("words-" + name + "-counts-changelog", "words-" + name + "-by-word-repartition");
            }
            write(lines, "a", "c d");
            try (WordCountApplication second = application(name, protocol, guarantee, "store-2")) {
                awaitCounts(counts, second, Map.of("a", "4", "b", "2", "c", "2", "d", "1"));
            }
        }
    }

    private static WordCountApplication application(String name, String protocol, String guarantee, String store)
            throws Exception {
        return WordCountApplication.start(
                directory,
                gateway.endpoint("kafka"),
                directory.resolve(name + "-" + store),
                "lines-" + name,
                "counts-" + name,
                "application.id=words-" + name,
                "group.protocol=" + protocol,
                "processing.guarantee=" + guarantee);
    }

    private static void write(String topic, String... lines) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka()), new StringSerializer(), new StringSerializer())) {
            for (String line : lines) {
                producer.send(new ProducerRecord<>(topic, line));
            }
        }
    }

    private static void awaitCounts(String topic, WordCountApplication application, Map<String, String> wanted)
            throws Exception {
        Map<String, String> latest = new HashMap<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka(), "isolation.level", "read_committed"),
                new StringDeserializer(),
                new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> latest.put(record.key(), record.value()));
                assertThat(latest).as(application.log()).isEqualTo(wanted);
            });
        }
    }

    private static String kafka() {
        return gateway.endpoint("kafka").toString();
    }
}
