package io.polylog.server.crash;

import java.util.BitSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads the dead-letter topic of a queue from its beginning on: what every receiver rejects is there once in the end, and
 * nothing else ever is. One thread.
 */
final class DeadLetters implements AutoCloseable {

    private final QueueTally queue;
    private final Findings findings;
    private final String topic;
    private final BitSet seen = new BitSet();
    private final TopicTail tail;

    DeadLetters(String kafka, QueueTally queue, Findings findings) {
        this.queue = queue;
        this.findings = findings;
        this.topic = queue.queue() + ".dlq";
        this.tail = new TopicTail(kafka, topic, findings, this::see);
    }

    /** Reads what is there now. The topic comes with the first dead letter. */
    void look() {
        tail.look();
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
        tail.close();
    }
}
