package io.polylog.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.it.StartedGateway;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kafka-share-groups} and {@code kafka-console-share-consumer}, as Kafka 4.3 has them. */
final class KafkaShareGroupsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int RECORDS = 10;

    @TempDir
    private static Path directory;

    private static StartedGateway gateway;
    private static Admin admin;

    @BeforeAll
    static void start() throws Exception {
        gateway = StartedGateway.start(directory, Map.of());
        admin = Admin.create(settings());
        admin.createTopics(List.of(new NewTopic("t", 1, (short) 1))).all().get();
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings(), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>("t", "value " + i));
            }
        }
    }

    @AfterAll
    static void stop() {
        admin.close();
        gateway.close();
    }

    @Test
    void groupIsConsumedDescribedResetAndDeleted() throws Exception {
        begin("g");
        String consumed = consume("g");
        assertThat(consumed.lines().filter(line -> line.startsWith("value ")))
                .containsExactlyElementsOf(
                        IntStream.range(0, RECORDS).mapToObj(i -> "value " + i).toList());

        assertThat(groups("--list").lines()).contains("g");
        assertThat(groups("--describe", "--group", "g")).containsPattern("g\\s+t\\s+0\\s+10\\s+0");
        assertThat(groups("--describe", "--group", "g", "--state"))
                .contains("Empty", gateway.endpoint("kafka").toString());

        assertThat(groups("--reset-offsets", "--group", "g", "--topic", "t", "--to-earliest", "--dry-run"))
                .containsPattern("g\\s+t\\s+0\\s+0");
        assertThat(groups("--describe", "--group", "g")).containsPattern("g\\s+t\\s+0\\s+10\\s+0");
        groups("--reset-offsets", "--group", "g", "--topic", "t", "--to-earliest", "--execute");
        assertThat(groups("--describe", "--group", "g")).containsPattern("g\\s+t\\s+0\\s+0\\s+10");
        assertThat(consume("g").lines().filter(line -> line.startsWith("value ")))
                .hasSize(RECORDS);

        groups("--delete-offsets", "--group", "g", "--topic", "t");
        assertThat(groups("--describe", "--group", "g")).doesNotContainPattern("g\\s+t\\s+0");
        assertThat(groups("--delete", "--group", "g")).contains("was successful");
        assertThat(groups("--list").lines()).doesNotContain("g");
    }

    @Test
    void groupAtWorkIsDescribedAndLeftAlone() throws Exception {
        begin("working");
        Map<String, Object> member =
                Map.of("bootstrap.servers", settings().get("bootstrap.servers"), "group.id", "working");
        try (KafkaShareConsumer<String, String> consumer =
                new KafkaShareConsumer<>(member, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("t"));
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> !consumer.poll(Duration.ofMillis(100)).isEmpty());
            assertThat(groups("--describe", "--group", "working", "--members"))
                    .containsPattern("working\\s+\\S+\\s+\\S*127.0.0.1")
                    .contains("t:0");
            assertThat(groups("--describe", "--group", "working", "--state", "--verbose"))
                    .contains("Stable");
            assertThat(tried("--reset-offsets", "--group", "working", "--topic", "t", "--to-earliest", "--execute"))
                    .containsPattern("(?i)not empty|is not inactive|inactive");
            assertThat(tried("--delete", "--group", "working")).containsPattern("(?i)not empty");
        }
    }

    private static void begin(String group) throws Exception {
        AlterConfigOp earliest =
                new AlterConfigOp(new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.GROUP, group), List.of(earliest)))
                .all()
                .get();
    }

    private static String consume(String group) throws Exception {
        return new KafkaTool("consumer.ConsoleShareConsumer", directory)
                .run(
                        gateway.endpoint("kafka"),
                        "--topic",
                        "t",
                        "--group",
                        group,
                        "--max-messages",
                        Integer.toString(RECORDS),
                        "--timeout-ms",
                        "30000");
    }

    private static String groups(String... arguments) throws Exception {
        return tool().run(gateway.endpoint("kafka"), arguments);
    }

    private static String tried(String... arguments) throws Exception {
        return tool().tried(gateway.endpoint("kafka"), arguments);
    }

    private static KafkaTool tool() {
        return new KafkaTool("consumer.group.ShareGroupCommand", directory);
    }

    private static Map<String, Object> settings() {
        return Map.of("bootstrap.servers", gateway.endpoint("kafka").toString());
    }
}
