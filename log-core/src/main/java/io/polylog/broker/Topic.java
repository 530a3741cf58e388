package io.polylog.broker;

import io.polylog.record.TopicPartition;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * A topic as it stands: a value, replaced when something about it changes.
 *
 * @param id stable identity; a topic that is deleted and created again has another
 * @param name 1 to 249 characters of {@code [A-Za-z0-9._-]}
 * @param partitionCount partitions, from 1
 * @param config settings that it has of its own, by Kafka's names or {@code polylog.*}
 * @param settings these, and for those that are not among them what the gateway has been told to give every topic; what is in
 *     neither has its default
 */
public record Topic(
        UUID id, String name, int partitionCount, Map<String, String> config, Map<String, String> settings) {

    /** A topic for which the gateway's own defaults hold. */
    public Topic(UUID id, String name, int partitionCount, Map<String, String> config) {
        this(id, name, partitionCount, config, config);
    }

    public Topic {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        config = Map.copyOf(config);
        settings = Map.copyOf(settings);
        if (partitionCount < 1) {
            throw new IllegalArgumentException("partition count " + partitionCount + " of " + name);
        }
    }

    /** The same topic where the gateway has other defaults, by the names of topics' settings. */
    public Topic under(Map<String, String> defaults) {
        Map<String, String> all = new HashMap<>(defaults);
        all.putAll(config);
        return new Topic(id, name, partitionCount, config, all);
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
