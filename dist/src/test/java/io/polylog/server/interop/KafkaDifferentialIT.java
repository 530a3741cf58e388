package io.polylog.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.differential.Comparison;
import io.polylog.server.it.StartedGateway;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Apache Kafka and the gateway are asked the same, in every version of every API, and answer the same. */
final class KafkaDifferentialIT {

    @TempDir
    private Path directory;

    @Test
    void answersDifferOnlyWhereItIsWrittenDown() throws Exception {
        try (ApacheKafka kafka = ApacheKafka.start(directory);
                StartedGateway gateway = StartedGateway.start(directory, Map.of());
                Comparison comparison = new Comparison(kafka.endpoint(), gateway.endpoint("kafka"))) {
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
}
