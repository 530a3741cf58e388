package io.polylog.broker;

import java.util.Map;
import java.util.Objects;

/**
 * What is asked of a topic to be created.
 *
 * @param name wanted name; checked by {@link Topics#create}
 * @param partitionCount partitions, or {@link #DEFAULT_PARTITIONS}
 * @param config settings by name
 */
public record TopicSpec(String name, int partitionCount, Map<String, String> config) {

    /** As many partitions as the gateway is configured to give. */
    public static final int DEFAULT_PARTITIONS = -1;

    public TopicSpec {
        Objects.requireNonNull(name, "name");
        config = Map.copyOf(config);
    }

    public static TopicSpec named(String name) {
        return new TopicSpec(name, DEFAULT_PARTITIONS, Map.of());
    }
}
