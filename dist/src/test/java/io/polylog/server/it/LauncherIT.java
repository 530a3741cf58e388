package io.polylog.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user meets at the command line, with the launcher and the jars of the archive. */
final class LauncherIT {

    private static final int TERMINATED = 128 + 15;

    @TempDir
    private Path directory;

    @Test
    void readyLineListsEveryDoorAndWhatToTryNext() {
        try (StartedGateway gateway = StartedGateway.start(directory, Map.of())) {
            assertThat(gateway.out())
                    .containsPattern("is ready: kafka 127.0.0.1:\\d+, amqp 127.0.0.1:\\d+, mqtt 127.0.0.1:\\d+, http ")
                    .contains("try kafka:", "try amqp:", "try mqtt:", "try http:");
        }
    }

    @Test
    void stopsCleanlyOnSigtermAndStartsAgain() {
        try (StartedGateway gateway = StartedGateway.start(directory, Map.of())) {
            gateway.terminate();

            assertThat(gateway.exitCode()).isEqualTo(TERMINATED);
            assertThat(gateway.err()).contains("stopped").doesNotContain("ERROR");
        }
        try (StartedGateway again = StartedGateway.start(directory, Map.of())) {
            assertThat(again.isAlive()).isTrue();
        }
    }

    @Test
    void portInUseIsOneSentenceWithTheKeysToChange() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            StartedGateway gateway = StartedGateway.launch(directory, Map.of("POLYLOG_MQTT_PORT", port));

            assertThat(gateway.exitCode()).isEqualTo(5);
            assertThat(sentences(gateway))
                    .containsExactly(
                            "polylog: mqtt.port " + port + " on 127.0.0.1 is in use by another process; stop that"
                                    + " one, or set mqtt.port in the configuration, or POLYLOG_MQTT_PORT in the environment, to"
                                    + " another port");
        }
    }

    @Test
    void everyConfigurationFaultIsReportedAtOnce() throws IOException {
        Path file = Files.writeString(directory.resolve("my.yaml"), "kafka:\n  prot: 1\n");
        StartedGateway gateway = StartedGateway.launch(
                directory,
                Map.of("POLYLOG_CONFIG", file.toString(), "POLYLOG_DURABILTY", "os", "POLYLOG_HTTP_HOST", "0.0.0.0"));

        assertThat(gateway.exitCode()).isEqualTo(3);
        assertThat(sentences(gateway))
                .hasSize(3)
                .anyMatch(line -> line.endsWith("my.yaml:2: kafka.prot is not a key; did you mean kafka.port?"))
                .anyMatch(line -> line.endsWith("POLYLOG_DURABILTY is not a key; did you mean POLYLOG_DURABILITY?"))
                .anyMatch(line -> line.contains("http.host is \"0.0.0.0\", which would be open to the network"));
    }

    @Test
    void dataDirectoryServesOneGatewayAtATime() {
        try (StartedGateway first = StartedGateway.start(directory, Map.of())) {
            StartedGateway second = StartedGateway.launch(directory, Map.of());

            assertThat(second.exitCode()).isEqualTo(4);
            assertThat(sentences(second))
                    .singleElement()
                    .asString()
                    .contains("in use by another gateway; stop that one");
            assertThat(first.isAlive()).isTrue();
        }
    }

    @Test
    void verifySaysWhatIsDamagedAndWhere() throws Exception {
        StartedGateway gateway = StartedGateway.start(directory, Map.of());
        try (Admin admin = Admin.create(
                Map.of("bootstrap.servers", gateway.endpoint("kafka").toString()))) {
            admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
        assertThat(verify().exitCode()).isEqualTo(4); // in use
        gateway.terminate();
        gateway.exitCode();
        StartedGateway clean = verify();
        assertThat(clean.exitCode()).isZero();
        assertThat(clean.out()).contains("no damage");

        Path journal = directory.resolve("data/journal/00000000000000000001.journal");
        byte[] bytes = Files.readAllBytes(journal);
        bytes[40] ^= 1;
        Files.write(journal, bytes);
        StartedGateway damaged = verify();
        assertThat(damaged.exitCode()).isEqualTo(4);
        assertThat(damaged.out()).contains("damaged: ", journal.toString(), "at byte 36", "1 damaged places");
    }

    private StartedGateway verify() {
        return StartedGateway.run(
                directory, Map.of("POLYLOG_DATA_DIR", directory.resolve("data").toString()), "verify");
    }

    @Test
    void dataDirectoryThatCannotBeMadeIsOneSentence() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        StartedGateway gateway = StartedGateway.launch(
                directory, Map.of("POLYLOG_DATA_DIR", file.resolve("data").toString()));

        assertThat(gateway.exitCode()).isEqualTo(4);
        assertThat(sentences(gateway)).singleElement().asString().contains("cannot create the data directory");
    }

    @Test
    void olderJavaIsRefusedByTheLauncher() throws IOException {
        Path java = directory.resolve("jdk");
        Files.createDirectories(java.resolve("bin"));
        Files.writeString(java.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"11.0.2\"\n");
        Files.writeString(java.resolve("bin/java"), "#!/bin/sh\nexit 1\n");
        assertThat(java.resolve("bin/java").toFile().setExecutable(true)).isTrue();
        StartedGateway gateway = StartedGateway.launch(directory, Map.of("JAVA_HOME", java.toString()));

        assertThat(gateway.exitCode()).isEqualTo(7);
        assertThat(sentences(gateway))
                .containsExactly("polylog: Java 17 or newer is needed, but " + java
                        + "/bin/java is 11.0.2; set JAVA_HOME to a newer one");
    }

    @Test
    void missingJavaIsRefusedByTheLauncher() {
        StartedGateway gateway = StartedGateway.launch(directory, Map.of("JAVA_HOME", "/nowhere"));

        assertThat(gateway.exitCode()).isEqualTo(7);
        assertThat(sentences(gateway)).singleElement().asString().startsWith("polylog: JAVA_HOME is /nowhere, but");
    }

    @Test
    void shippedConfigurationChangesNothing() {
        StartedGateway described = StartedGateway.run(directory, Map.of(), "config");

        assertThat(described.exitCode()).isZero();
        assertThat(described.out().lines()).isNotEmpty().allMatch(line -> line.endsWith("  # default"));
        assertThat(StartedGateway.home().resolve("conf/polylog.yaml")).exists();
    }

    @Test
    void unknownCommandShowsWhatThereIs() {
        StartedGateway gateway = StartedGateway.run(directory, Map.of(), "strat");

        assertThat(gateway.exitCode()).isEqualTo(2);
        assertThat(gateway.err()).contains("strat", "start");
    }

    @Test
    void startsThroughASymbolicLinkFromAnywhere() throws IOException {
        Path link = Files.createSymbolicLink(
                directory.resolve("polylog"), StartedGateway.home().resolve("bin/polylog"));
        Process process = new ProcessBuilder(link.toString(), "version")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();

        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .startsWith("polylog " + System.getProperty("polylog.version") + " (Java ");
    }

    private static List<String> sentences(StartedGateway gateway) {
        return gateway.err().lines().toList();
    }
}
