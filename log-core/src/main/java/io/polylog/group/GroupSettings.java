package io.polylog.group;

import io.polylog.broker.TopicSpec;
import java.util.Map;

/**
 * How the coordinator is set up.
 *
 * @param offsetsPartitions partitions of {@link GroupCoordinator#TOPIC} when it is created, from 1; a topic that exists
 *     keeps its count
 * @param initialRebalanceDelayMs how long the first member of an empty classic group waits for others, from 0
 */
public record GroupSettings(int offsetsPartitions, int initialRebalanceDelayMs) {

    /**
     * Four partitions, for each costs memory and a replay at start. No initial delay: Kafka's three seconds spare a fleet
     * that starts together some rebalances, and make everybody else wait for the first message.
     */
    public static final GroupSettings DEFAULT = new GroupSettings(4, 0);

    public GroupSettings {
        if (offsetsPartitions < 1 || initialRebalanceDelayMs < 0) {
            throw new IllegalArgumentException(
                    "offsets partitions " + offsetsPartitions + ", initial rebalance delay " + initialRebalanceDelayMs);
        }
    }

    /** Small, so that it is compacted before a start has much to read. */
    private static final int SEGMENT_BYTES = 16 << 20;

    /** The offsets topic as it is created on the first group request. */
    public TopicSpec offsetsTopic() {
        return new TopicSpec(
                GroupCoordinator.TOPIC,
                offsetsPartitions,
                Map.of("cleanup.policy", "compact", "segment.bytes", String.valueOf(SEGMENT_BYTES)));
    }
}
