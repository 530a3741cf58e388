package io.polylog.broker;

import io.polylog.record.TopicPartition;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * A topic as it stands: a value, replaced when something about it changes.
 *
 * @param id stable identity; a topic that is deleted and created again has another
 * @param name 1 to 249 characters of {@code [A-Za-z0-9._-]}
 * @param partitionCount partitions, from 1
 * @param config settings that differ from the defaults, by Kafka's names or {@code polylog.*}
 */
public record Topic(UUID id, String name, int partitionCount, Map<String, String> config) {

    public Topic {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        config = Map.copyOf(config);
        if (partitionCount < 1) {
            throw new IllegalArgumentException("partition count " + partitionCount + " of " + name);
        }
    }

    /** The gateway's own topics start with two underscores; clients read them only. */
    public boolean internal() {
        return name.startsWith("__");
    }

    /**
     * @throws RefusedException {@link Refusal#UNKNOWN_PARTITION} if there is no such partition
     */
    public TopicPartition partition(int partition) {
        if (partition < 0 || partition >= partitionCount) {
            throw new RefusedException(
                    Refusal.UNKNOWN_PARTITION,
                    "topic " + name + " has partitions 0 to " + (partitionCount - 1) + ", not " + partition);
        }
        return new TopicPartition(id, name, partition);
    }
}
