package io.polylog.record;

import java.util.Objects;
import java.util.UUID;

/**
 * One partition of one topic. The id tells a topic from a later one of the same name.
 *
 * @param topicId id given when the topic was created
 * @param topic the topic's name
 * @param partition index from 0
 */
public record TopicPartition(UUID topicId, String topic, int partition) {

    public TopicPartition {
        Objects.requireNonNull(topicId, "topicId");
        Objects.requireNonNull(topic, "topic");
        if (partition < 0) {
            throw new IllegalArgumentException("partition " + partition + " of " + topic + " is negative");
        }
    }

    /** Whether its topic is one of the gateway's own, which begin with two underscores. */
    public boolean internal() {
        return topic.startsWith("__");
    }

    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
