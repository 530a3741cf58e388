package io.polylog.group;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;
import org.jspecify.annotations.Nullable;

/**
 * How Kafka's coordinator is set up here. What an administrator has said of the broker is looked up each time, as Kafka's own
 * settings are. Any thread.
 */
final class CoordinatorConfig extends AbstractConfig {

    private static final ConfigDef DEFINITION =
            Utils.mergeConfigs(List.of(GroupCoordinatorConfig.CONFIG_DEF, ShareGroupConfig.CONFIG_DEF));

    /** Between two heartbeats of a member of a share group; Kafka's five seconds are how long the first record takes there. */
    private static final int SHARE_HEARTBEAT_MS = 1000;

    private final @Nullable Function<String, Optional<String>> broker;

    /**
     * @param partitionCount of the offsets topic
     * @param broker the broker's settings that can be changed, by name
     */
    CoordinatorConfig(GroupSettings settings, int partitionCount, Function<String, Optional<String>> broker) {
        super(
                DEFINITION,
                Map.of(
                        GroupCoordinatorConfig.GROUP_COORDINATOR_NUM_THREADS_CONFIG,
                        1,
                        GroupCoordinatorConfig.GROUP_COORDINATOR_NUM_BACKGROUND_THREADS_CONFIG,
                        1,
                        GroupCoordinatorConfig.OFFSETS_TOPIC_PARTITIONS_CONFIG,
                        partitionCount,
                        GroupCoordinatorConfig.GROUP_INITIAL_REBALANCE_DELAY_MS_CONFIG,
                        settings.initialRebalanceDelayMs(),
                        // A member gets its partitions with a later heartbeat than the one it joins by.
                        GroupCoordinatorConfig.SHARE_GROUP_MIN_HEARTBEAT_INTERVAL_MS_CONFIG,
                        SHARE_HEARTBEAT_MS,
                        GroupCoordinatorConfig.SHARE_GROUP_HEARTBEAT_INTERVAL_MS_CONFIG,
                        SHARE_HEARTBEAT_MS),
                false);
        this.broker = broker;
    }

    @Override
    protected Object get(String key) {
        Function<String, Optional<String>> changed = broker;
        return changed == null // while it is made
                ? super.get(key)
                : changed.apply(key)
                        .map(text -> ConfigDef.parseType(key, text, typeOf(key)))
                        .orElseGet(() -> super.get(key));
    }

    /** What holds, as text. */
    String text(String key) {
        return ConfigDef.convertToString(get(key), typeOf(key));
    }
}
