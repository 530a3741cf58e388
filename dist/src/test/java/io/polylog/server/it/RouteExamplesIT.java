package io.polylog.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of the archive, used as their README says. */
final class RouteExamplesIT {

    @TempDir
    private Path directory;

    @Test
    void passTheCheckAndDoNotRunByThemselves() throws IOException {
        List<String> arguments = new ArrayList<>(List.of("routes", "lint"));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(examples(), "*.yaml")) {
            files.forEach(file -> arguments.add(file.toString()));
        }
        StartedGateway lint = StartedGateway.run(directory, Map.of(), arguments.toArray(String[]::new));
        assertThat(lint.exitCode()).as(lint.out()).isZero();
        assertThat(lint.out()).contains("5 files, nothing wrong");

        StartedGateway shipped = StartedGateway.run(directory, Map.of(), "routes", "lint");
        assertThat(shipped.exitCode()).isZero();
        assertThat(shipped.out()).contains("0 files");
    }

    @Test
    void takeValuesFromTheEnvironmentWhenCopied() throws Exception {
        Path routes = Files.createDirectory(directory.resolve("routes"));
        Files.copy(examples().resolve("order-timeout.yaml"), routes.resolve("order-timeout.yaml"));
        Map<String, String> environment = Map.of("POLYLOG_ROUTES_DIR", routes.toString(), "ORDER_TIMEOUT", "1s");
        try (StartedGateway gateway = StartedGateway.start(directory, environment)) {
            Map<String, Object> address = Map.of(
                    "bootstrap.servers",
                    "127.0.0.1:" + gateway.endpoint("kafka").port(),
                    "auto.offset.reset",
                    "earliest");
            try (KafkaProducer<String, String> producer =
                            new KafkaProducer<>(address, new StringSerializer(), new StringSerializer());
                    KafkaConsumer<String, String> consumer =
                            new KafkaConsumer<>(address, new StringDeserializer(), new StringDeserializer())) {
                producer.send(new ProducerRecord<>("order-events", "42", "{\"event\": \"created\"}"))
                        .get();
                consumer.assign(List.of(new TopicPartition("orders.unpaid", 0)));
                List<String> unpaid = new ArrayList<>();
                await().atMost(Duration.ofSeconds(30)).until(() -> {
                    consumer.poll(Duration.ofMillis(100)).forEach(record -> unpaid.add(record.key()));
                    return !unpaid.isEmpty();
                });
                assertThat(unpaid).containsExactly("42");
            }
            StartedGateway list = StartedGateway.run(
                    directory,
                    Map.of(),
                    "routes",
                    "list",
                    "--url",
                    "http://127.0.0.1:" + gateway.endpoint("http").port());
            assertThat(list.exitCode()).as(list.err()).isZero();
            assertThat(list.out())
                    .containsPattern("order-timeout.yaml +order-timeout +running +polylog:order-events +1 +0 +0");
        }
    }

    private static Path examples() {
        return StartedGateway.home().resolve("routes/examples");
    }
}
