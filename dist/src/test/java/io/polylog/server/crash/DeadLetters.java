package io.polylog.server.crash;

import io.polylog.time.NanoClock;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads the dead-letter topic of a queue from its beginning on: what every receiver rejects is there once in the end, and
 * nothing else ever is. One thread.
 */
final class DeadLetters implements AutoCloseable {

    private static final NanoClock CLOCK = NanoClock.system();

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final QueueTally queue;
    private final Findings findings;
    private final String topic;
    private final BitSet seen = new BitSet();
    private final KafkaConsumer<String, String> consumer;

    DeadLetters(String kafka, QueueTally queue, Findings findings) {
        this.queue = queue;
        this.findings = findings;
        this.topic = queue.queue() + ".dlq";
        this.consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka, "auto.offset.reset", "earliest", "allow.auto.create.topics", false),
                new StringDeserializer(),
                new StringDeserializer());
    }

    /** Reads what is there now. The topic comes with the first dead letter. */
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
                consumer.poll(Duration.ofMillis(200)).forEach(this::see);
                if (CLOCK.nanoTime() > giveUpNanos) {
                    findings.add(partition + " cannot be read to its end " + ends.get(partition));
                    return;
                }
            }
        }
    }

    private void see(ConsumerRecord<String, String> record) {
        int number = Tally.numberOf(record.value());
        if (seen.get(number)) {
            findings.add(number + " is in " + topic + " twice, again at " + record.offset());
        }
        if (!queue.unfit(number)) {
            findings.add(number + " is in " + topic + " at " + record.offset() + ", and nobody rejected it");
        }
        seen.set(number);
    }

    /** Those of them that are to be rejected and are not here. */
    BitSet missing(BitSet acknowledged) {
        BitSet missing = new BitSet();
        acknowledged.stream()
                .filter(queue::unfit)
                .filter(number -> !seen.get(number))
                .forEach(missing::set);
        return missing;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
