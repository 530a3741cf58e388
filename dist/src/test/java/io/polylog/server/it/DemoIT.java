package io.polylog.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The README's first command. */
@Execution(ExecutionMode.CONCURRENT)
final class DemoIT {

    @TempDir
    private Path directory;

    @Test
    void showsEveryDoorAMessageThatComesLaterAndARoute() {
        StartedGateway demo = StartedGateway.run(directory, Map.of(), "demo");

        assertThat(demo.exitCode()).as(demo::out).isZero();
        assertThat(demo.out())
                .contains(
                        "KafkaProducer published",
                        "Qpid JMS received",
                        "Paho received",
                        "polylog-delay=PT2S",
                        "by the route")
                .contains("All 12 steps passed.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"KAFKA", "AMQP", "MQTT", "HTTP"})
    void failsWithoutAnyOneOfTheDoors(String door) {
        String variable = "POLYLOG_" + door + "_ENABLED";
        StartedGateway demo = StartedGateway.run(directory, Map.of(variable, "false"), "demo");

        assertThat(demo.exitCode()).isEqualTo(1);
        assertThat(demo.out()).contains("FAILED", variable).doesNotContain("steps passed");
    }
}
