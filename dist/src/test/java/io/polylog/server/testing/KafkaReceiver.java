package io.polylog.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.testkit.GatewayExtension;
import io.polylog.time.NanoClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Kafka's consumer as a member of a group. */
final class KafkaReceiver implements Receiver {

    private static final NanoClock CLOCK = NanoClock.system();

    private final KafkaConsumer<String, String> consumer;
    private final Queue<String> received = new ArrayDeque<>();
    private int assignments;
    private int losses;

    KafkaReceiver(GatewayExtension gateway, String topic, String group, Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("bootstrap.servers", gateway.address("kafka"));
        all.put("group.id", group);
        all.put("auto.offset.reset", "earliest");
        consumer = new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer());
        consumer.subscribe(List.of(topic), new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                assignments++;
            }

            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

            @Override
            public void onPartitionsLost(Collection<TopicPartition> partitions) {
                losses++;
            }
        });
    }

    /** Takes part, without waiting; what comes is kept for {@link #next}. */
    void poll() {
        consumer.poll(Duration.ZERO).forEach(record -> received.add(record.value()));
    }

    int partitions() {
        return consumer.assignment().size();
    }

    /** From now on any assignment means that it was a member no longer. */
    void settled() {
        assignments = 0;
    }

    double heartbeats() {
        return consumer.metrics().values().stream()
                .filter(metric -> metric.metricName().name().equals("heartbeat-total"))
                .mapToDouble(metric -> (Double) metric.metricValue())
                .sum();
    }

    @Override
    public String next() {
        long startNanos = CLOCK.nanoTime();
        while (received.isEmpty()) {
            assertThat(CLOCK.nanoTime() - startNanos)
                    .as("a record comes")
                    .isLessThan(TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS));
            consumer.poll(Duration.ofMillis(100)).forEach(record -> received.add(record.value()));
        }
        return received.remove();
    }

    @Override
    public void assertStayed() {
        poll();
        assertThat(losses).as("partitions lost").isZero();
        assertThat(assignments).as("assigned again").isZero();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
