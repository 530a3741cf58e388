package io.polylog.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.polylog.testkit.TestGateway;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stock consumers in groups of both protocols. */
@Execution(ExecutionMode.CONCURRENT)
class GroupTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.start(directory, new KafkaAdapterFactory());
        try (Admin admin = Admin.create(properties(Map.of()))) {
            admin.createTopics(List.of(new NewTopic("t", 4, (short) 1))).all().get();
        }
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void aGroupReadsOnFromWhatItCommitted(String protocol) throws Exception {
        produce(0, 100);
        try (Consumer<String, String> consumer = consumer(protocol)) {
            consumer.subscribe(List.of("t"));
            assertThat(poll(consumer, 100)).hasSize(100);
            consumer.commitSync();
        }
        produce(100, 150);
        restart();
        try (Consumer<String, String> consumer = consumer(protocol)) {
            consumer.subscribe(List.of("t"));
            Set<String> expected = new HashSet<>();
            for (int i = 100; i < 150; i++) {
                expected.add("v" + i);
            }
            assertThat(poll(consumer, 50)).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void membersShareThePartitions(String protocol) throws Exception {
        try (Consumer<String, String> one = consumer(protocol);
                Consumer<String, String> two = consumer(protocol)) {
            one.subscribe(List.of("t"));
            two.subscribe(List.of("t"));
            await().atMost(PATIENCE).until(() -> {
                one.poll(Duration.ofMillis(50));
                two.poll(Duration.ofMillis(50));
                return one.assignment().size() == 2 && two.assignment().size() == 2;
            });
            Set<TopicPartition> all = new HashSet<>(one.assignment());
            all.addAll(two.assignment());
            assertThat(all).hasSize(4);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void administration(String protocol) throws Exception {
        produce(0, 10);
        try (Admin admin = Admin.create(properties(Map.of()))) {
            try (Consumer<String, String> consumer = consumer(protocol)) {
                consumer.subscribe(List.of("t"));
                poll(consumer, 10);
                consumer.commitSync(Map.of(new TopicPartition("t", 0), new OffsetAndMetadata(1, "note")));
                var described =
                        admin.describeConsumerGroups(List.of("g")).all().get().get("g");
                assertThat(described.members()).hasSize(1);
                assertThat(described.members().iterator().next().assignment().topicPartitions())
                        .hasSize(4);
                assertThat(admin.listGroups().all().get())
                        .extracting(GroupListing::groupId)
                        .contains("g");
            }
            assertThat(admin.listConsumerGroupOffsets("g")
                            .partitionsToOffsetAndMetadata()
                            .get()
                            .get(new TopicPartition("t", 0)))
                    .isNotNull();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> admin.deleteConsumerGroups(List.of("g")).all().get());
            assertThat(admin.listGroups().all().get())
                    .extracting(GroupListing::groupId)
                    .doesNotContain("g");
        }
    }

    private void restart() throws Exception {
        gateway.close();
        assertThat(gateway.failure()).isNull();
        gateway = TestGateway.start(directory, new KafkaAdapterFactory());
    }

    private static List<String> poll(Consumer<String, String> consumer, int count) {
        List<String> values = new ArrayList<>();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (values.size() < count && System.nanoTime() < end) {
            for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                values.add(record.value());
            }
        }
        return values;
    }

    private void produce(int from, int to) {
        try (Producer<String, String> producer =
                new KafkaProducer<>(properties(Map.of()), new StringSerializer(), new StringSerializer())) {
            for (int i = from; i < to; i++) {
                producer.send(new ProducerRecord<>("t", "k" + i, "v" + i));
            }
        }
    }

    private Consumer<String, String> consumer(String protocol) {
        Map<String, String> settings = new HashMap<>();
        settings.put("group.id", "g");
        settings.put("group.protocol", protocol);
        settings.put("auto.offset.reset", "earliest");
        return new KafkaConsumer<>(properties(settings), new StringDeserializer(), new StringDeserializer());
    }

    private Properties properties(Map<String, String> settings) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", "127.0.0.1:" + gateway.port("kafka"));
        properties.putAll(settings);
        return properties;
    }
}
