package io.polylog.server.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.endpoint.Endpoint;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages that wait take no heap: {@code polylog.schedules.count} of them, in a gateway with a heap of
 * {@code polylog.schedules.heap}, which would not hold a tenth. The gateway ends by itself when memory runs out.
 */
final class ManySchedulesIT {

    private static final Logger log = LoggerFactory.getLogger(ManySchedulesIT.class);

    private static final int COUNT = Integer.getInteger("polylog.schedules.count");
    private static final String HEAP = System.getProperty("polylog.schedules.heap");

    private static final String TOPIC = "later";
    private static final int SOON = 2_000;
    private static final int VALUE_BYTES = 100;
    private static final long YEAR_MS = TimeUnit.DAYS.toMillis(365);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    private Path directory;

    @Test
    void takeNoHeap() throws Exception {
        try (StartedGateway gateway = start()) {
            long startNanos = NanoClock.system().nanoTime();
            scheduleForNextYear(gateway.endpoint("kafka"));
            long seconds = Math.max(1, (NanoClock.system().nanoTime() - startNanos) / 1_000_000_000);
            log.atInfo()
                    .addKeyValue("count", COUNT)
                    .addKeyValue("per_second", COUNT / seconds)
                    .addKeyValue("resident_mib", gateway.residentMib())
                    .log("scheduled");
            assertThat(waiting(gateway)).isEqualTo(COUNT);
            scheduleSoonAndReceive(gateway, 0);
            assertThat(waiting(gateway)).isEqualTo(COUNT);
            gateway.kill();
        }
        long startNanos = NanoClock.system().nanoTime();
        try (StartedGateway gateway = start()) {
            log.atInfo()
                    .addKeyValue("ms", (NanoClock.system().nanoTime() - startNanos) / 1_000_000)
                    .log("started again");
            assertThat(waiting(gateway)).isEqualTo(COUNT);
            assertThat(http(gateway, "DELETE", "/schedules/" + TOPIC + "/id-" + (COUNT - 1)))
                    .contains("cancelled");
            assertThat(http(gateway, "GET", "/schedules/" + TOPIC + "?limit=1")).contains("\"id\":\"id-0\"");
            assertThat(waiting(gateway)).isEqualTo(COUNT - 1);
            scheduleSoonAndReceive(gateway, SOON);
            log.atInfo().addKeyValue("resident_mib", gateway.residentMib()).log("all of it");
        }
    }

    private StartedGateway start() {
        return StartedGateway.start(directory, Map.of("POLYLOG_HEAP", HEAP));
    }

    /** Due from a day from now on. */
    private static void scheduleForNextYear(Endpoint kafka) throws Exception {
        long firstMs = EpochClock.system().timeMs() + TimeUnit.DAYS.toMillis(1);
        AtomicReference<Exception> failed = new AtomicReference<>();
        String value = "x".repeat(VALUE_BYTES);
        try (KafkaProducer<String, String> producer = producer(kafka)) {
            for (int i = 0; i < COUNT; i++) {
                long dueMs = firstMs + (i * 7_919L) % YEAR_MS;
                producer.send(
                        record(value, "polylog-deliver-at", Long.toString(dueMs), "polylog-schedule-id", "id-" + i),
                        (metadata, failure) -> failed.compareAndSet(null, failure));
            }
        }
        assertThat(failed.get()).isNull();
    }

    /** Those that are due while the others wait are not held up by them. */
    private void scheduleSoonAndReceive(StartedGateway gateway, long offset) throws Exception {
        long firstMs = EpochClock.system().timeMs() + 1_000;
        Set<String> wanted = new HashSet<>();
        try (KafkaProducer<String, String> producer = producer(gateway.endpoint("kafka"))) {
            for (int i = 0; i < SOON; i++) {
                producer.send(record("soon " + i, "polylog-deliver-at", Long.toString(firstMs + i)));
                wanted.add("soon " + i);
            }
        }
        TopicPartition partition = new TopicPartition(TOPIC, 0);
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", gateway.endpoint("kafka").toString()),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, offset);
            long untilMs = EpochClock.system().timeMs() + PATIENCE.toMillis();
            while (!wanted.isEmpty()) {
                for (ConsumerRecord<String, String> received : consumer.poll(Duration.ofMillis(100))) {
                    assertThat(wanted.remove(received.value()))
                            .as(received.value())
                            .isTrue();
                }
                assertThat(EpochClock.system().timeMs())
                        .as("time for %s more", wanted.size())
                        .isLessThan(untilMs);
            }
        }
    }

    private long waiting(StartedGateway gateway) throws Exception {
        return http(gateway, "GET", "/metrics")
                .lines()
                .filter(line -> line.startsWith("polylog_schedules_waiting "))
                .map(line -> (long) Double.parseDouble(line.substring(line.indexOf(' '))))
                .findFirst()
                .orElseThrow();
    }

    private String http(StartedGateway gateway, String method, String path) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(URI.create("http://" + gateway.endpoint("http") + path))
                                .method(method, HttpRequest.BodyPublishers.noBody())
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    private static KafkaProducer<String, String> producer(Endpoint kafka) {
        return new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka.toString(),
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        128 * 1024,
                        ProducerConfig.LINGER_MS_CONFIG,
                        10),
                new StringSerializer(),
                new StringSerializer());
    }

    private static ProducerRecord<String, String> record(String value, String... headers) {
        RecordHeaders all = new RecordHeaders();
        for (int i = 0; i < headers.length; i += 2) {
            all.add(headers[i], headers[i + 1].getBytes(UTF_8));
        }
        return new ProducerRecord<>(TOPIC, 0, null, null, value, all);
    }
}
