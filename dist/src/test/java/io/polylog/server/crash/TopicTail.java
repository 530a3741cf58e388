package io.polylog.server.crash;

import io.polylog.time.NanoClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads a topic, which need not be there yet, from its beginning on: each look goes on to the ends of that moment. One thread. */
final class TopicTail implements AutoCloseable {

    private static final NanoClock CLOCK = NanoClock.system();

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String topic;
    private final Findings findings;
    private final Consumer<ConsumerRecord<String, String>> seen;
    private final KafkaConsumer<String, String> consumer;

    TopicTail(String kafka, String topic, Findings findings, Consumer<ConsumerRecord<String, String>> seen) {
        this.topic = topic;
        this.findings = findings;
        this.seen = seen;
        this.consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka, "auto.offset.reset", "earliest", "allow.auto.create.topics", false),
                new StringDeserializer(),
                new StringDeserializer());
    }

    /** Reads what is there now. */
    void look() {
        List<TopicPartition> partitions = consumer.listTopics(PATIENCE).getOrDefault(topic, List.of()).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        if (consumer.assignment().size() != partitions.size()) {
            consumer.assign(partitions);
        }
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
        long giveUpNanos = CLOCK.nanoTime() + PATIENCE.toNanos();
        for (TopicPartition partition : partitions) {
            while (consumer.position(partition, PATIENCE) < ends.get(partition)) {
                consumer.poll(Duration.ofMillis(200)).forEach(seen);
                if (CLOCK.nanoTime() > giveUpNanos) {
                    findings.add(partition + " cannot be read to its end " + ends.get(partition));
                    return;
                }
            }
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
