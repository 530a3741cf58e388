package io.polylog.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.it.StartedGateway;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka Connect, standalone, with a file at either end and the gateway between them. */
final class KafkaConnectIT {

    private static final String CONNECT = "org.apache.kafka.connect.cli.ConnectStandalone";
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private Path directory;

    @Test
    void linesGoFromFileToFileAndOnAfterARestart() throws Exception {
        Path in = Files.writeString(directory.resolve("in.txt"), "first\nsecond\n");
        Path out = directory.resolve("out.txt");
        try (StartedGateway gateway = StartedGateway.start(directory, Map.of())) {
            String worker = worker(gateway);
            String source = connector("source", "FileStreamSource", in) + "topic=lines\n";
            String sink = connector("sink", "FileStreamSink", out) + "topics=lines\n";
            try (ConnectProcess connect = ConnectProcess.start(directory, CONNECT, worker, source, sink)) {
                awaitText(out, connect, "first\nsecond\n");
                Awaitility.await("the positions of both ends").atMost(PATIENCE).until(() -> committed(gateway));
            }
            Files.writeString(in, "first\nsecond\nthird\n");
            try (ConnectProcess connect = ConnectProcess.start(directory, CONNECT, worker, source, sink)) {
                awaitText(out, connect, "first\nsecond\nthird\n");
            }
        }
    }

    private String worker(StartedGateway gateway) {
        return """
                bootstrap.servers=%s
                key.converter=org.apache.kafka.connect.storage.StringConverter
                value.converter=org.apache.kafka.connect.storage.StringConverter
                offset.storage.file.filename=%s
                offset.flush.interval.ms=200
                listeners=http://127.0.0.1:0
                plugin.discovery=service_load
                """.formatted(gateway.endpoint("kafka"), offsets());
    }

    private Path offsets() {
        return directory.resolve("offsets");
    }

    private static String connector(String name, String type, Path file) {
        return "name=" + name + "\nconnector.class=" + type + "\ntasks.max=1\nfile=" + file + "\n";
    }

    private boolean committed(StartedGateway gateway) throws Exception {
        String sink = new KafkaTool("consumer.group.ConsumerGroupCommand", directory)
                .tried(gateway.endpoint("kafka"), "--describe", "--group", "connect-sink");
        return Files.exists(offsets())
                && sink.lines().anyMatch(line -> line.matches("connect-sink\\s+lines\\s+0\\s+2\\s+2.*"));
    }

    private static void awaitText(Path file, ConnectProcess connect, String text) throws Exception {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(file).as(connect.log()).exists();
            assertThat(file).hasContent(text);
        });
    }
}
