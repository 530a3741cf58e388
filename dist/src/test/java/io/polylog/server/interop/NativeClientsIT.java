package io.polylog.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.endpoint.Endpoint;
import io.polylog.server.it.StartedGateway;
import io.polylog.time.EpochClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** librdkafka and libmosquitto, by their command-line clients, against the started archive. */
final class NativeClientsIT {

    private static final int RECORDS = 500;

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
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void kcatReadsBackWhatItWrote(String compression) throws Exception {
        String topic = "kcat-" + compression;
        String lines =
                IntStream.range(0, RECORDS).mapToObj(i -> "value " + i + "\n").collect(Collectors.joining());
        try (NativeClient producer =
                kcat(lines, "-P", "-t", topic, "-z", compression, "-X", "acks=all", "-X", "enable.idempotence=true")) {
            producer.output();
        }
        try (NativeClient consumer = kcat("", "-C", "-q", "-t", topic, "-o", "beginning", "-e")) {
            assertThat(consumer.output()).isEqualTo(lines);
        }
    }

    @Test
    void kcatListsTheTopics() throws Exception {
        try (NativeClient producer = kcat("x\n", "-P", "-t", "listed")) {
            producer.output();
        }
        try (NativeClient lister = kcat("", "-L")) {
            assertThat(lister.output()).contains("topic \"listed\" with 1 partitions");
        }
    }

    @Test
    void kcatConsumesInAGroup() throws Exception {
        try (NativeClient producer = kcat("one\ntwo\n", "-P", "-t", "grouped")) {
            producer.output();
        }
        try (NativeClient consumer =
                kcat("", "-G", "readers", "-q", "-c", "2", "-X", "auto.offset.reset=earliest", "grouped")) {
            assertThat(consumer.output()).isEqualTo("one\ntwo\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqttv311", "5"})
    void mosquittoReceivesWhatItPublishes(String version) throws Exception {
        String topic = "home/" + version + "/temperature";
        try (NativeClient subscriber = mosquitto(
                "mosquitto_sub", version, "-d", "-t", "home/+/temperature", "-q", "1", "-C", "1", "-F", "%t=%p")) {
            awaitSubscription(subscriber);
            try (NativeClient publisher = mosquitto("mosquitto_pub", version, "-t", topic, "-q", "1", "-m", "21.5")) {
                publisher.output();
            }
            assertThat(subscriber.output()).contains(topic + "=21.5");
        }
    }

    @Test
    void mosquittoReceivesWhatKcatPublishes() throws Exception {
        try (NativeClient first = kcat("first\n", "-P", "-t", "orders")) {
            first.output();
        }
        try (NativeClient subscriber =
                mosquitto("mosquitto_sub", "5", "-d", "-t", "orders/#", "-q", "1", "-C", "1", "-F", "%t=%p")) {
            awaitSubscription(subscriber);
            try (NativeClient publisher = kcat("eu/42:{\"id\":42}\n", "-P", "-t", "orders", "-K", ":")) {
                publisher.output();
            }
            assertThat(subscriber.output()).contains("orders/eu/42={\"id\":42}");
        }
    }

    @Test
    void kcatReceivesWhatMosquittoPublishes() throws Exception {
        try (NativeClient first = kcat("first\n", "-P", "-t", "devices")) {
            first.output();
        }
        try (NativeClient publisher = mosquitto("mosquitto_pub", "5", "-t", "devices/7/state", "-q", "1", "-m", "on")) {
            publisher.output();
        }
        try (NativeClient consumer = kcat("", "-C", "-q", "-t", "devices", "-o", "beginning", "-e", "-f", "%k=%s\n")) {
            assertThat(consumer.output()).contains("7/state=on\n");
        }
    }

    @Test
    void mosquittoReceivesWhatKcatScheduled() throws Exception {
        try (NativeClient first = kcat("first\n", "-P", "-t", "reminders")) {
            first.output();
        }
        try (NativeClient subscriber =
                mosquitto("mosquitto_sub", "5", "-d", "-t", "reminders/#", "-q", "1", "-C", "2", "-F", "%t=%p %P")) {
            awaitSubscription(subscriber);
            long sentMs = EpochClock.system().timeMs();
            try (NativeClient later = kcat(
                            "42:later\n",
                            "-P",
                            "-t",
                            "reminders",
                            "-K",
                            ":",
                            "-H",
                            "polylog-delay=1500ms",
                            "-z",
                            "lz4");
                    NativeClient never = kcat(
                            "43:never\n",
                            "-P",
                            "-t",
                            "reminders",
                            "-K",
                            ":",
                            "-H",
                            "polylog-delay=1200ms",
                            "-H",
                            "polylog-schedule-id=order-43")) {
                later.output();
                never.output();
            }
            try (NativeClient cancel = mosquitto(
                            "mosquitto_pub", "5", "-t", "$schedule/cancel/reminders/order-43", "-q", "1", "-n");
                    NativeClient now = kcat("44:now\n", "-P", "-t", "reminders", "-K", ":")) {
                cancel.output();
                now.output();
            }
            String received = subscriber.output();
            assertThat(EpochClock.system().timeMs() - sentMs).isGreaterThanOrEqualTo(1_500);
            assertThat(received)
                    .doesNotContain("never")
                    .containsSubsequence("44=now", "42=later", "polylog-scheduled-at:");
        }
    }

    @Test
    void kcatReceivesWhatMosquittoScheduledAndCancels() throws Exception {
        try (NativeClient first = kcat("first\n", "-P", "-t", "wakes")) {
            first.output();
        }
        for (NativeClient publisher : List.of(
                mosquitto("mosquitto_pub", "mqttv311", "-t", "$delayed/1/wakes/7", "-q", "1", "-m", "up"),
                mosquitto(
                        "mosquitto_pub",
                        "5",
                        "-t",
                        "wakes/8",
                        "-q",
                        "2",
                        "-m",
                        "never",
                        "-D",
                        "publish",
                        "user-property",
                        "polylog-delay",
                        "1h",
                        "-D",
                        "publish",
                        "user-property",
                        "polylog-schedule-id",
                        "wake-8"))) {
            publisher.output();
            publisher.close();
        }
        try (NativeClient cancel =
                        kcat("8:\n", "-P", "-t", "wakes", "-K", ":", "-Z", "-H", "polylog-schedule-cancel=wake-8");
                NativeClient consumer =
                        kcat("", "-C", "-q", "-t", "wakes", "-o", "beginning", "-c", "2", "-f", "%k=%s\n")) {
            cancel.output();
            assertThat(consumer.output()).isEqualTo("=first\n7=up\n");
        }
        try (NativeClient again =
                kcat("8:\n", "-P", "-t", "wakes", "-K", ":", "-Z", "-H", "polylog-schedule-cancel=nothing")) {
            assertThat(again.outputOfAnyEnd()).contains("Broker: Broker failed to validate record");
        }
    }

    private static void awaitSubscription(NativeClient subscriber) {
        Awaitility.await("SUBACK").until(() -> subscriber.soFar().contains("Subscribed"));
    }

    private static NativeClient kcat(String input, String... arguments) throws IOException {
        Endpoint kafka = gateway.endpoint("kafka");
        return NativeClient.start(directory, input, command(new String[] {"kcat", "-b", kafka.toString()}, arguments));
    }

    private static NativeClient mosquitto(String program, String version, String... arguments) throws IOException {
        Endpoint mqtt = gateway.endpoint("mqtt");
        return NativeClient.start(
                directory,
                "",
                command(
                        // Line by line: written to a file, its output would otherwise stay in a buffer to the end.
                        new String[] {
                            "stdbuf",
                            "-oL",
                            program,
                            "-h",
                            mqtt.host(),
                            "-p",
                            Integer.toString(mqtt.port()),
                            "-V",
                            version
                        },
                        arguments));
    }

    private static String[] command(String[] start, String[] more) {
        return Stream.of(start, more).flatMap(Stream::of).toArray(String[]::new);
    }
}
