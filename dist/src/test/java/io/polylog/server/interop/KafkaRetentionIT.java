package io.polylog.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.it.StartedGateway;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kafka-get-offsets --time}, {@code kafka-delete-records}, and what retention and compaction leave of a topic. */
final class KafkaRetentionIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long FIRST_MS = 1_700_000_000_000L;

    @TempDir
    private static Path directory;

    private static StartedGateway gateway;

    @BeforeAll
    static void start() {
        gateway = StartedGateway.start(
                directory,
                Map.of(
                        "POLYLOG_SEGMENT_BYTES", "4096",
                        "POLYLOG_CHECKPOINT_INTERVAL_MS", "200",
                        "POLYLOG_RETENTION_CHECK_INTERVAL_MS", "200",
                        "POLYLOG_COMPACTION_CHECK_INTERVAL_MS", "200"));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static void create(String topic, String... config) throws Exception {
        String[] arguments = new String[4 + 2 * config.length];
        arguments[0] = "--create";
        arguments[1] = "--topic";
        arguments[2] = topic;
        arguments[3] = "--partitions=1";
        for (int i = 0; i < config.length; i++) {
            arguments[4 + 2 * i] = "--config";
            arguments[5 + 2 * i] = config[i];
        }
        tool("TopicCommand", arguments);
    }

    /** Records of some hundred bytes, a second apart, in compressed batches; ten keys in turn. */
    private static void produce(String topic, int count) throws Exception {
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                gateway.endpoint("kafka").toString(),
                "compression.type",
                "zstd",
                "linger.ms",
                "5");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < count; i++) {
                String value = "x".repeat(200)
                        + Long.toString(i * 0x9E3779B97F4A7C15L, 36).repeat(20);
                producer.send(new ProducerRecord<>(topic, 0, FIRST_MS + i * 1_000L, "k" + i % 10, value));
                if (i % 10 == 9) {
                    producer.flush();
                }
            }
        }
    }

    private static void alter(String topic, String name, String value) throws Exception {
        try (Admin admin = Admin.create(
                Map.of("bootstrap.servers", gateway.endpoint("kafka").toString()))) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, topic),
                            List.of(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
    }

    private static String offsets(String topic, String time) throws Exception {
        return tool("GetOffsetShell", "--topic", topic, "--time", time).strip();
    }

    private static String tool(String name, String... arguments) throws Exception {
        return new KafkaTool(name, directory).runWithInput("", gateway.endpoint("kafka"), arguments);
    }

    @Test
    void getOffsetsFindsThemByTimeAndByName() throws Exception {
        create("timed", "retention.ms=-1");
        produce("timed", 35);

        assertThat(offsets("timed", Long.toString(FIRST_MS + 12_500))).isEqualTo("timed:0:13");
        assertThat(offsets("timed", Long.toString(FIRST_MS + 40_000))).isEmpty();
        assertThat(offsets("timed", "earliest")).isEqualTo("timed:0:0");
        assertThat(offsets("timed", "latest")).isEqualTo("timed:0:35");
        assertThat(offsets("timed", "max-timestamp")).isEqualTo("timed:0:34");
        assertThat(offsets("timed", "earliest-local")).isEqualTo("timed:0:0");
    }

    @Test
    void deleteRecordsDeletesThem() throws Exception {
        create("trimmed", "retention.ms=-1");
        produce("trimmed", 30);
        Path file = directory.resolve("offsets.json");
        Files.writeString(
                file,
                "{\"partitions\":[{\"topic\":\"trimmed\",\"partition\":0,\"offset\":17}],\"version\":1}",
                StandardCharsets.UTF_8);

        assertThat(tool("DeleteRecordsCommand", "--offset-json-file", file.toString()))
                .contains("partition: trimmed-0\tlow_watermark: 17");

        assertThat(offsets("trimmed", "earliest")).isEqualTo("trimmed:0:17");
    }

    @Test
    void retentionThatIsAlteredLetsRecordsGo() throws Exception {
        create("kept", "retention.ms=-1");
        produce("kept", 100);
        assertThat(offsets("kept", "earliest")).isEqualTo("kept:0:0");

        alter("kept", "retention.ms", "60000");

        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> offsets("kept", "earliest").equals("kept:0:100"));
        assertThat(offsets("kept", "latest")).isEqualTo("kept:0:100");
    }

    @Test
    void theConsoleConsumerReadsWhatCompactionLeft() throws Exception {
        create("compacted", "cleanup.policy=compact", "min.cleanable.dirty.ratio=0.01");
        produce("compacted", 400);

        Awaitility.await().atMost(PATIENCE).until(() -> lines("compacted").size() < 200);

        List<String> left = lines("compacted");
        assertThat(left.subList(left.size() - 10, left.size()))
                .extracting(line -> line.substring(0, 2))
                .containsExactly("k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8", "k9");
    }

    private static List<String> lines(String topic) throws Exception {
        return tool(
                        "consumer.ConsoleConsumer",
                        "--topic",
                        topic,
                        "--from-beginning",
                        "--timeout-ms",
                        "5000",
                        "--formatter-property",
                        "print.key=true")
                .lines()
                .filter(line -> line.matches("k\\d\\t.*"))
                .toList();
    }
}
