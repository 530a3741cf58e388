package io.polylog.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.differential.Comparison;
import io.polylog.server.it.StartedGateway;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway beside a real Apache Kafka. */
final class KafkaDifferentialIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private static Path directory;

    private static ApacheKafka kafka;
    private static StartedGateway gateway;
    private static StartedGateway guarded;

    @BeforeAll
    static void start() throws Exception {
        kafka = ApacheKafka.start(directory);
        gateway = StartedGateway.start(directory, Map.of());
        Path second = Files.createDirectory(directory.resolve("guarded"));
        Path password = Files.writeString(second.resolve("password"), "pw");
        guarded = StartedGateway.start(
                second,
                Map.of(
                        "POLYLOG_KAFKA_SASL_MECHANISMS", "PLAIN",
                        "POLYLOG_SECURITY_ACLS", "true",
                        "POLYLOG_SECURITY_ADMIN_USER", "root",
                        "POLYLOG_SECURITY_ADMIN_PASSWORD_FILE", password.toString()));
    }

    @AfterAll
    static void stop() throws Exception {
        guarded.close();
        gateway.close();
        kafka.close();
    }

    /** Both are asked the same, in every version of every API, happy or not. */
    @Test
    void answersDifferOnlyWhereItIsWrittenDown() throws Exception {
        try (Comparison comparison = new Comparison(
                new Comparison.Doors(kafka.endpoint(), kafka.guarded()),
                new Comparison.Doors(gateway.endpoint("kafka"), guarded.endpoint("kafka")))) {
            comparison.run();
            assertThat(comparison.unexplained())
                    .as("differences without a reason")
                    .isEmpty();
            assertThat(comparison.explainedInVain())
                    .as("differences that are written down and do not occur")
                    .isEmpty();
            assertThat(comparison.notCompared())
                    .as("APIs that are offered and were not compared in every version")
                    .isEmpty();
        }
    }

    @Test
    void mirrorMakerBringsATopicWithItsSettingsFromKafka() throws Exception {
        new KafkaTool("TopicCommand", directory)
                .run(
                        kafka.endpoint(),
                        "--create",
                        "--topic",
                        "mirrored",
                        "--partitions",
                        "3",
                        "--config",
                        "retention.ms=123456789");
        new KafkaTool("ConsoleProducer", directory)
                .runWithInput("one\ntwo\nthree\n", kafka.endpoint(), "--topic", "mirrored");
        try (ConnectProcess mirror =
                ConnectProcess.start(directory, "org.apache.kafka.connect.mirror.MirrorMaker", """
                clusters=far,near
                far.bootstrap.servers=%s
                near.bootstrap.servers=%s
                far->near.enabled=true
                far->near.topics=mirrored
                far->near.emit.heartbeats.enabled=false
                replication.factor=1
                checkpoints.topic.replication.factor=1
                heartbeats.topic.replication.factor=1
                offset-syncs.topic.replication.factor=1
                offset.storage.replication.factor=1
                status.storage.replication.factor=1
                config.storage.replication.factor=1
                plugin.discovery=service_load
                """.formatted(
                                kafka.endpoint(), gateway.endpoint("kafka")))) {
            Awaitility.await("the mirrored topic")
                    .atMost(PATIENCE)
                    .until(() -> described().contains("retention.ms=123456789"));
            assertThat(new KafkaTool("consumer.ConsoleConsumer", directory)
                            .run(
                                    gateway.endpoint("kafka"),
                                    "--topic",
                                    "far.mirrored",
                                    "--from-beginning",
                                    "--max-messages",
                                    "3"))
                    .as(mirror.log())
                    .contains("one", "two", "three");
        }
    }

    private static String described() throws Exception {
        return new KafkaTool("TopicCommand", directory)
                .tried(gateway.endpoint("kafka"), "--describe", "--topic", "far.mirrored");
    }
}
