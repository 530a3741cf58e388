package io.polylog.server.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.endpoint.Endpoint;
import io.polylog.time.EpochClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 before, at and after the time at which messages are due: each comes once, and never early. */
final class ScheduleCrashIT {

    private static final String TOPIC = "reminders";
    private static final int COUNT = 200;

    /** Those that are not due while this runs. */
    private static final int FAR = 10;

    /** The first is due that long after it was published, so that a start fits in between. */
    private static final long AHEAD_MS = 4_000;

    /** From one to the next. */
    private static final long STEP_MS = 10;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void whateverWasAcknowledgedComesOnceAndNeverEarly() throws Exception {
        Set<String> expected = new HashSet<>();
        try (StartedGateway gateway = StartedGateway.start(directory, Map.of())) {
            scheduleFarOnes(gateway.endpoint("kafka"));
            listAndCancel(gateway.endpoint("http"));
            schedule(gateway.endpoint("kafka"), expected);
            gateway.kill(); // before
        }
        List<String> seen = new ArrayList<>();
        long position;
        try (StartedGateway gateway = StartedGateway.start(directory, Map.of())) {
            position = receive(gateway.endpoint("kafka"), 0, seen, all -> all.size() >= COUNT / 4);
            gateway.kill(); // at
        }
        try (StartedGateway gateway = StartedGateway.start(directory, Map.of())) {
            receive(gateway.endpoint("kafka"), position, seen, all -> all.size() >= expected.size());
            gateway.kill(); // after
        }
        assertThat(seen).doesNotHaveDuplicates().hasSameElementsAs(expected);
        try (StartedGateway gateway = StartedGateway.start(directory, Map.of())) {
            List<String> again = new ArrayList<>();
            // What would come twice would come before a message that is published now.
            try (KafkaProducer<String, String> producer = producer(gateway.endpoint("kafka"))) {
                producer.send(record("end", "polylog-delay", "0")).get();
            }
            receive(gateway.endpoint("kafka"), 0, again, all -> all.contains("end"));
            assertThat(again.subList(0, seen.size())).isEqualTo(seen);
            assertThat(again).hasSize(seen.size() + 1);
            assertThat(command(gateway.endpoint("http"), "list").lines())
                    .hasSize(FAR); // and a title, less the cancelled one
        }
    }

    private static void scheduleFarOnes(Endpoint kafka) throws Exception {
        try (KafkaProducer<String, String> producer = producer(kafka)) {
            for (int i = 0; i < FAR; i++) {
                producer.send(record("far", "polylog-delay", "1d", "polylog-schedule-id", "far-" + i))
                        .get();
            }
        }
    }

    private void listAndCancel(Endpoint http) {
        assertThat(command(http, "list", "--limit", "7", TOPIC))
                .contains("DUE", "far-0 ", "... and more")
                .satisfies(text -> assertThat(text.lines()).hasSize(9));
        assertThat(command(http, "cancel", TOPIC, "far-7")).isEqualTo("cancelled" + System.lineSeparator());
        StartedGateway vain = run(http, "cancel", TOPIC, "none");
        assertThat(vain.exitCode()).isEqualTo(1);
        assertThat(vain.err()).contains("nothing of that id waits for topic " + TOPIC);
    }

    private static void schedule(Endpoint kafka, Set<String> scheduled) throws Exception {
        try (KafkaProducer<String, String> producer = producer(kafka)) {
            producer.partitionsFor(TOPIC); // what a producer learns first takes a while
            long firstMs = EpochClock.system().timeMs() + AHEAD_MS;
            List<Future<?>> sent = new ArrayList<>();
            for (int i = 0; i < COUNT; i++) {
                String value = "reminder " + i;
                sent.add(producer.send(record(value, "polylog-deliver-at", Long.toString(firstMs + i * STEP_MS))));
                scheduled.add(value);
            }
            for (Future<?> one : sent) {
                one.get();
            }
        }
    }

    private String command(Endpoint http, String... arguments) {
        StartedGateway command = run(http, arguments);
        assertThat(command.exitCode()).as(command::err).isZero();
        return command.out();
    }

    private StartedGateway run(Endpoint http, String... arguments) {
        List<String> all = new ArrayList<>(List.of("schedule"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--url", "http://" + http));
        return StartedGateway.run(directory, Map.of(), all.toArray(String[]::new));
    }

    /** Receives from an offset on until it is enough; answers the next offset. */
    private static long receive(Endpoint kafka, long from, List<String> values, Predicate<List<String>> enough) {
        TopicPartition partition = new TopicPartition(TOPIC, 0);
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.toString()), new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, from);
            long untilMs = EpochClock.system().timeMs() + PATIENCE.toMillis();
            while (!enough.test(values)) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    values.add(record.value());
                    assertThat(record.timestamp())
                            .as("due time of %s", record.value())
                            .isLessThanOrEqualTo(EpochClock.system().timeMs())
                            .isEqualTo(Long.parseLong(new String(
                                    record.headers()
                                            .lastHeader("polylog-scheduled-at")
                                            .value(),
                                    UTF_8)));
                }
                assertThat(EpochClock.system().timeMs())
                        .as("time for %s messages", values.size())
                        .isLessThan(untilMs);
            }
            return consumer.position(partition);
        }
    }

    private static KafkaProducer<String, String> producer(Endpoint kafka) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.toString()), new StringSerializer(), new StringSerializer());
    }

    private static ProducerRecord<String, String> record(String value, String... headers) {
        RecordHeaders all = new RecordHeaders();
        for (int i = 0; i < headers.length; i += 2) {
            all.add(headers[i], headers[i + 1].getBytes(UTF_8));
        }
        return new ProducerRecord<>(TOPIC, 0, null, null, value, all);
    }
}
