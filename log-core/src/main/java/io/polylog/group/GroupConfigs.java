package io.polylog.group;

import io.polylog.broker.Turns;
import io.polylog.engine.ConfigureGroup;
import io.polylog.share.ShareGroupSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;

/**
 * The settings of consumer and share groups, by Kafka's names (KIP-848, KIP-932, KIP-1191): kept by the metadata group, and
 * in memory for whoever goes by them. A group need not exist to have some. Any thread.
 */
public final class GroupConfigs {

    private final Function<ConfigureGroup, CompletionStage<Boolean>> metadata;
    private final Map<String, Map<String, String>> configs;
    private final List<BiConsumer<String, Properties>> followers = new ArrayList<>();
    private final Turns turns = new Turns();

    /**
     * One setting of a group.
     *
     * @param own whether the group has it from somebody, and not by default
     */
    public record Described(String name, String value, ConfigDef.Type type, boolean own, String defaultValue) {}

    /**
     * @param metadata proposes to the metadata group
     * @param atOpen what the metadata group holds, by group id
     */
    public GroupConfigs(
            Function<ConfigureGroup, CompletionStage<Boolean>> metadata, Map<String, Map<String, String>> atOpen) {
        this.metadata = metadata;
        this.configs = new ConcurrentHashMap<>(atOpen);
    }

    /** Groups that have settings of their own, in order. */
    public List<String> groupIds() {
        return List.copyOf(new ConcurrentSkipListSet<>(configs.keySet()));
    }

    /** What a group has of its own. */
    public Map<String, String> of(String groupId) {
        return configs.getOrDefault(groupId, Map.of());
    }

    /** How a share group treats its records. */
    public ShareGroupSettings share(String groupId) {
        Map<String, String> config = of(groupId);
        return config.isEmpty() ? ShareGroupSettings.DEFAULT : ShareConfig.settings(config);
    }

    /** All settings that a group can have, by name, but for those that Kafka keeps to itself. */
    public List<Described> describe(String groupId) {
        Map<String, String> own = of(groupId);
        AbstractConfig gateway = RunningCoordinator.config(GroupSettings.DEFAULT, 1);
        List<Described> described = new ArrayList<>();
        new TreeMap<>(GroupConfig.CONFIG_DEF.configKeys()).forEach((name, key) -> {
            if (!GroupConfig.isInternal(name)) {
                String byDefault = byDefault(key, gateway);
                described.add(new Described(
                        name, own.getOrDefault(name, byDefault), key.type, own.containsKey(name), byDefault));
            }
        });
        return described;
    }

    /** What the gateway says for all groups, or Kafka does. */
    private static String byDefault(ConfigDef.ConfigKey key, AbstractConfig gateway) {
        Object value = GroupConfig.brokerSynonym(key.name)
                .<Object>map(gateway.values()::get)
                .orElse(key.defaultValue);
        return value == null ? "" : Objects.toString(ConfigDef.convertToString(value, key.type), "");
    }

    /**
     * Changes a group's settings; durable when the stage completes. Changes are made one after the other, for each reads all
     * and writes all.
     *
     * <p>Fails with an {@link ApiException} that says what is wrong with the wanted settings.
     *
     * @param dryRun only checks
     */
    public CompletionStage<?> change(String groupId, UnaryOperator<Map<String, String>> change, boolean dryRun) {
        return turns.take(() -> begin(groupId, change, dryRun));
    }

    private CompletionStage<Boolean> begin(String groupId, UnaryOperator<Map<String, String>> change, boolean dryRun) {
        Map<String, String> wanted = Map.copyOf(change.apply(of(groupId)));
        check(wanted);
        return dryRun
                ? CompletableFuture.completedStage(true)
                : metadata.apply(new ConfigureGroup(groupId, wanted)).thenApply(done -> {
                    changed(groupId, wanted);
                    return done;
                });
    }

    private static void check(Map<String, String> wanted) {
        AbstractConfig gateway = RunningCoordinator.config(GroupSettings.DEFAULT, 1);
        try {
            GroupConfig.validateNames(wanted);
            GroupConfig.validate(wanted, new GroupCoordinatorConfig(gateway), new ShareGroupConfig(gateway));
        } catch (ConfigException notOfType) {
            throw new InvalidConfigurationException(notOfType.getMessage(), notOfType);
        }
    }

    private synchronized void changed(String groupId, Map<String, String> config) {
        if (config.isEmpty()) {
            configs.remove(groupId);
        } else {
            configs.put(groupId, config);
        }
        followers.forEach(follower -> tell(follower, groupId, config));
    }

    /** Tells of every group with settings, and from then on of each change. */
    synchronized void follow(BiConsumer<String, Properties> follower) {
        followers.add(follower);
        configs.forEach((groupId, config) -> tell(follower, groupId, config));
    }

    private static void tell(BiConsumer<String, Properties> follower, String groupId, Map<String, String> config) {
        Properties properties = new Properties();
        properties.putAll(config);
        follower.accept(groupId, properties);
    }
}
