package io.polylog.server.crash;

import io.polylog.time.NanoClock;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads the log itself, from the beginning on, and compares it with what the senders were promised. Each look reads what
 * came since the last one; a new audit reads all of it again. One thread.
 */
final class LogAudit implements AutoCloseable {

    private static final NanoClock CLOCK = NanoClock.system();

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Findings findings;
    private final Map<String, Tally> tallies = new HashMap<>();
    private final Map<String, BitSet> seen = new HashMap<>();
    private final Map<String, Integer> last = new HashMap<>();
    private final KafkaConsumer<String, String> consumer;
    private final List<TopicPartition> partitions;
    private long repeated;

    LogAudit(String kafka, List<TopicPartition> partitions, List<Tally> senders, Findings findings) {
        this.findings = findings;
        this.partitions = List.copyOf(partitions);
        senders.forEach(tally -> {
            tallies.put(tally.name(), tally);
            seen.put(tally.name(), new BitSet());
        });
        this.consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka, "auto.offset.reset", "none"),
                new StringDeserializer(),
                new StringDeserializer());
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Reads on to the ends that the partitions have now; what was acknowledged before must then have been seen. */
    void look() {
        Map<String, BitSet> acknowledged = new HashMap<>();
        tallies.forEach((name, tally) -> acknowledged.put(name, tally.acknowledged()));
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
        long giveUpNanos = CLOCK.nanoTime() + PATIENCE.toNanos();
        for (TopicPartition partition : partitions) {
            while (consumer.position(partition, PATIENCE) < ends.get(partition)) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    see(record);
                    giveUpNanos = CLOCK.nanoTime() + PATIENCE.toNanos();
                }
                if (CLOCK.nanoTime() > giveUpNanos) {
                    findings.add(partition + " cannot be read beyond " + consumer.position(partition) + ", its end is "
                            + ends.get(partition));
                    return;
                }
            }
        }
        acknowledged.forEach((name, numbers) -> findings.addIfAny(
                Tally.missing(numbers, seen.get(name)), "acknowledged to " + name + " and not in the log"));
    }

    private void see(ConsumerRecord<String, String> record) {
        String sender = Tally.senderOf(record.value());
        int number = Tally.numberOf(record.value());
        BitSet before = seen.get(sender);
        boolean again = before.get(number);
        before.set(number);
        if (again) {
            repeated++;
        }
        if (tallies.get(sender).promise() != Tally.Promise.EXACTLY_ONCE_IN_ORDER) {
            return;
        }
        String where = record.topic() + "-" + record.partition() + " at " + record.offset();
        if (again) {
            findings.add(sender + " " + number + " is in the log twice: " + where);
        }
        Integer previous = last.put(sender + "/" + record.topic() + "/" + record.partition(), number);
        if (previous != null && previous >= number) {
            findings.add(sender + " " + number + " follows " + previous + ": " + where);
        }
    }

    /** Records that were in the log already, of all senders: in doubt when the gateway died, and sent again. */
    long repeated() {
        return repeated;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
