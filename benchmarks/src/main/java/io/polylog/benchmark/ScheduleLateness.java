package io.polylog.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.time.EpochClock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * How late scheduled messages are at a consumer: a producer schedules so many a second, each a few seconds ahead, in an open
 * loop; a consumer of the same machine compares the time at which it gets each with the time at which it was due.
 *
 * <p>Arguments: bootstrap server, messages per second, seconds.
 */
public final class ScheduleLateness {

    private static final String TOPIC = "lateness";
    private static final long AHEAD_MS = 5_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private ScheduleLateness() {}

    public static void main(String[] arguments) throws Exception {
        String server = arguments[0];
        int perSecond = Integer.parseInt(arguments[1]);
        int count = perSecond * Integer.parseInt(arguments[2]);
        AtomicReference<Exception> failed = new AtomicReference<>();
        TopicPartition partition = new TopicPartition(TOPIC, 0);
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", server), new StringSerializer(), new StringSerializer());
                KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                        Map.of("bootstrap.servers", server), new StringDeserializer(), new StringDeserializer())) {
            producer.partitionsFor(TOPIC);
            consumer.assign(List.of(partition));
            consumer.seekToEnd(List.of(partition));
            consumer.position(partition);
            Thread publisher = new Thread(() -> schedule(producer, perSecond, count, failed), "publisher");
            publisher.start();
            long[] lateMs = receive(consumer, count);
            publisher.join();
            if (failed.get() != null) {
                throw failed.get();
            }
            report(lateMs, perSecond);
        }
    }

    private static void schedule(
            KafkaProducer<String, String> producer, int perSecond, int count, AtomicReference<Exception> failed) {
        long startMs = EpochClock.system().timeMs();
        for (int i = 0; i < count; i++) {
            long intendedMs = startMs + i * 1000L / perSecond;
            while (EpochClock.system().timeMs() < intendedMs) {
                LockSupport.parkNanos(200_000);
            }
            ProducerRecord<String, String> record = new ProducerRecord<>(TOPIC, 0, null, "x".repeat(100));
            record.headers()
                    .add(
                            "polylog-deliver-at",
                            Long.toString(intendedMs + AHEAD_MS).getBytes(UTF_8));
            producer.send(record, (metadata, failure) -> failed.compareAndSet(null, failure));
        }
    }

    private static long[] receive(KafkaConsumer<String, String> consumer, int count) {
        long[] lateMs = new long[count];
        int received = 0;
        long untilMs = EpochClock.system().timeMs() + PATIENCE.toMillis();
        while (received < count) {
            for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                long nowMs = EpochClock.system().timeMs();
                lateMs[received++] = nowMs - record.timestamp();
                untilMs = nowMs + PATIENCE.toMillis();
            }
            if (EpochClock.system().timeMs() > untilMs) {
                throw new IllegalStateException(received + " of " + count + " came");
            }
        }
        return lateMs;
    }

    private static void report(long[] lateMs, int perSecond) {
        Arrays.sort(lateMs);
        System.out.printf(
                "%d messages at %d/s, ms late at the consumer: least %d, p50 %d, p99 %d, p99.9 %d, most %d%n",
                lateMs.length,
                perSecond,
                lateMs[0],
                lateMs[lateMs.length / 2],
                lateMs[(int) (lateMs.length * 0.99)],
                lateMs[(int) (lateMs.length * 0.999)],
                lateMs[lateMs.length - 1]);
    }
}
