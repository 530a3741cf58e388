package io.polylog.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.it.StartedGateway;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kafka's own command-line tools, each as a process of its own, against the started archive. */
final class KafkaToolsIT {

    private static final int RECORDS = 20_000;

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

    @Test
    void topicsAreCreatedDescribedGrownAndDeleted() throws Exception {
        assertThat(topics("--create", "--topic", "made", "--partitions", "2", "--config", "retention.ms=1000"))
                .contains("Created topic made.");
        topics("--alter", "--topic", "made", "--partitions", "3");
        assertThat(topics("--describe", "--topic", "made"))
                .contains("PartitionCount: 3", "ReplicationFactor: 1", "retention.ms=1000", "Leader: 0");
        assertThat(topics("--list")).contains("made");
        topics("--delete", "--topic", "made");
        assertThat(topics("--list")).doesNotContain("made");
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void theConsoleConsumerReadsWhatTheConsoleProducerWrote(String protocol) throws Exception {
        String topic = "console-" + protocol;
        String lines = IntStream.range(0, 100).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());
        tool("ConsoleProducer", lines, "--topic", topic);
        String read = tool(
                "consumer.ConsoleConsumer",
                "",
                "--topic",
                topic,
                "--from-beginning",
                "--max-messages",
                "100",
                "--group",
                topic + "-group",
                "--command-property",
                "group.protocol=" + protocol);
        assertThat(read).contains(lines).contains("Processed a total of 100 messages");
        assertThat(tool("consumer.group.ConsumerGroupCommand", "", "--describe", "--group", topic + "-group"))
                .containsPattern(topic + "\\s+0\\s+100\\s+100\\s+0");
    }

    @Test
    void performanceToolsWriteAndReadEverything() throws Exception {
        String sent = new KafkaTool("ProducerPerformance", directory)
                .runBare(
                        "--topic",
                        "performance",
                        "--num-records",
                        Integer.toString(RECORDS),
                        "--record-size",
                        "100",
                        "--throughput",
                        "-1",
                        "--command-property",
                        "bootstrap.servers=" + gateway.endpoint("kafka"));
        assertThat(sent).contains(RECORDS + " records sent");
        assertThat(tool(
                        "ConsumerPerformance",
                        "",
                        "--topic",
                        "performance",
                        "--num-records",
                        Integer.toString(RECORDS)))
                .contains(", " + RECORDS + ", ");
        assertThat(tool("GetOffsetShell", "", "--topic", "performance")).contains("performance:0:" + RECORDS);
    }

    private static String topics(String... arguments) throws Exception {
        return tool("TopicCommand", "", arguments);
    }

    private static String tool(String name, String input, String... arguments) throws Exception {
        return new KafkaTool(name, directory).runWithInput(input, gateway.endpoint("kafka"), arguments);
    }
}
