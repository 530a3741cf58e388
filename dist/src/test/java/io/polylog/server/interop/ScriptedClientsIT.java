package io.polylog.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.it.StartedGateway;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kafka clients of Python and JavaScript, by the scripts in the resources, against the started archive. */
final class ScriptedClientsIT {

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

    @ParameterizedTest
    @ValueSource(strings = {"kafka-python", "confluent-kafka"})
    void pythonWritesReadsAndCommits(String client) throws Exception {
        assertThat(run("/usr/bin/python3", script("clients.py"), kafka(), client))
                .contains("read 100, position 100");
    }

    @Test
    void kafkajsWritesReadsCommitsAndAdministers() throws Exception {
        String modules = "NODE_PATH=" + System.getProperty("polylog.npm");
        assertThat(run("env", modules, "node", script("kafkajs.js"), kafka()))
                .contains("retention 86400001, read 100, position 100");
    }

    @Test
    void librdkafkaTransformsExactlyOnce() throws Exception {
        assertThat(run("/usr/bin/python3", script("transactions.py"), kafka()))
                .contains("committed 101, written 201, fenced");
    }

    @Test
    void kafkajsTransformsExactlyOnce() throws Exception {
        String modules = "NODE_PATH=" + System.getProperty("polylog.npm");
        assertThat(run("env", modules, "node", script("transactions.js"), kafka()))
                .contains("committed 100, written 200, position 100, INVALID_PRODUCER_EPOCH");
    }

    private static String script(String name) throws Exception {
        return Path.of(ScriptedClientsIT.class.getResource("/interop/" + name).toURI())
                .toString();
    }

    private static String kafka() {
        return gateway.endpoint("kafka").toString();
    }

    private static String run(String... command) throws Exception {
        try (NativeClient client = NativeClient.start(directory, "", command)) {
            return client.output();
        }
    }
}
