package io.polylog.share;

import io.polylog.broker.TopicSettings;
import io.polylog.broker.Topics;
import io.polylog.engine.ReplicaGroup;
import io.polylog.engine.TrimSettled;
import io.polylog.record.TopicPartition;

/**
 * Lets the log of a declared queue ({@code polylog.retention=queue}) follow its ledgers: asks for what they are done with to
 * be taken away, once enough has been settled to be worth a command. One is under way at a time; one that is refused is made
 * up for by the next. Ledger's thread.
 */
final class QueueTrim {

    /** Records settled between two commands. */
    static final int EVERY_RECORDS = 10_000;

    /** Bytes of records settled between two commands, if that comes first. */
    static final long EVERY_BYTES = 16L << 20;

    private final TopicPartition partition;
    private final ReplicaGroup group;
    private final Topics topics;
    private long records;
    private long bytes;
    private boolean underWay;

    QueueTrim(TopicPartition partition, ReplicaGroup group, Topics topics) {
        this.partition = partition;
        this.group = group;
        this.topics = topics;
    }

    /** A record of so many bytes has been settled. */
    void settled(int sizeInBytes) {
        records++;
        bytes += sizeInBytes;
    }

    void proposeIfDue() {
        if (!underWay && (records >= EVERY_RECORDS || bytes >= EVERY_BYTES)) {
            records = 0;
            bytes = 0;
            if (isQueue()) {
                underWay = true;
                group.propose(new TrimSettled(partition.topicId(), partition.partition()))
                        .whenComplete((start, failure) -> group.executor().execute(() -> underWay = false));
            }
        }
    }

    private boolean isQueue() {
        return topics.find(partition.topicId())
                .filter(topic ->
                        TopicSettings.value(topic, TopicSettings.RETENTION).equals("queue"))
                .isPresent();
    }
}
