package io.polylog.group;

import io.polylog.broker.Turns;
import io.polylog.engine.ConfigureGroup;
import io.polylog.share.ShareGroupSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;
import org.jspecify.annotations.Nullable;

/**
 * The settings of consumer and share groups, by Kafka's names (KIP-848, KIP-932, KIP-1191): kept by the metadata group, and
 * in memory for whoever goes by them. A group need not exist to have some. Any thread.
 */
public final class GroupConfigs {

    private final Function<ConfigureGroup, CompletionStage<Boolean>> metadata;
    private final Map<String, Map<String, String>> configs;
    private final Function<String, Optional<String>> broker;
    private volatile @Nullable CoordinatorConfig gateway; // made when it is asked for, with all that it loads
    private final Map<String, ShareGroupSettings> shares = new ConcurrentHashMap<>();
    private final List<BiConsumer<String, Properties>> followers = new ArrayList<>();
    private final Turns turns = new Turns();

    /**
     * One setting of a group.
     *
     * @param value what holds
     * @param own what the group has from somebody
     * @param brokerName the setting of the broker that it has otherwise, if there is one
     * @param defaultValue what it has if nobody says anything of the group
     * @param documentation what it does, for administrators
     */
    public record Described(
            String name,
            String value,
            ConfigDef.Type type,
            Optional<String> own,
            Optional<String> brokerName,
            String defaultValue,
            String documentation) {}

    /**
     * @param metadata proposes to the metadata group
     * @param atOpen what the metadata group holds, by group id
     * @param broker the broker's settings that can be changed, by name
     */
    public GroupConfigs(
            Function<ConfigureGroup, CompletionStage<Boolean>> metadata,
            Map<String, Map<String, String>> atOpen,
            Function<String, Optional<String>> broker) {
        this.metadata = metadata;
        this.broker = broker;
        this.configs = new ConcurrentHashMap<>(atOpen);
        configs.forEach((groupId, config) -> shares.put(groupId, ShareConfig.settings(config)));
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
        return shares.getOrDefault(groupId, ShareGroupSettings.DEFAULT);
    }

    /** What the broker says that can be changed, by name. */
    Function<String, Optional<String>> ofBroker() {
        return broker;
    }

    private CoordinatorConfig gateway() {
        CoordinatorConfig made = gateway;
        if (made == null) {
            made = new CoordinatorConfig(GroupSettings.DEFAULT, 1, broker);
            gateway = made;
        }
        return made;
    }

    /** All settings that a group can have, by name, but for those that Kafka keeps to itself. */
    public List<Described> describe(String groupId) {
        Map<String, String> own = of(groupId);
        List<Described> described = new ArrayList<>();
        new TreeMap<>(GroupConfig.CONFIG_DEF.configKeys()).forEach((name, key) -> {
            if (!GroupConfig.isInternal(name)) {
                String otherwise = otherwise(key);
                described.add(new Described(
                        name,
                        own.getOrDefault(name, otherwise),
                        key.type,
                        Optional.ofNullable(own.get(name)),
                        GroupConfig.brokerSynonym(name),
                        otherwise,
                        Objects.toString(key.documentation, "")));
            }
        });
        return described;
    }

    /** What the gateway says for all groups, or Kafka does. */
    private String otherwise(ConfigDef.ConfigKey key) {
        String text = GroupConfig.brokerSynonym(key.name)
                .map(gateway()::text)
                .orElseGet(() -> ConfigDef.convertToString(key.defaultValue, key.type));
        return Objects.toString(text, "");
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

    private void check(Map<String, String> wanted) {
        try {
            GroupConfig.validateNames(wanted);
            CoordinatorConfig inForce = gateway();
            GroupConfig.validate(wanted, new GroupCoordinatorConfig(inForce), new ShareGroupConfig(inForce));
        } catch (ConfigException notOfType) {
            throw new InvalidConfigurationException(notOfType.getMessage(), notOfType);
        }
    }

    private synchronized void changed(String groupId, Map<String, String> config) {
        if (config.isEmpty()) {
            configs.remove(groupId);
            shares.remove(groupId);
        } else {
            configs.put(groupId, config);
            shares.put(groupId, ShareConfig.settings(config));
        }
        followers.forEach(follower -> tell(follower, groupId, config));
    }

    /** From now on tells of each group whose settings have changed; on the thread that changed them. */
    public synchronized void onChange(Consumer<String> told) {
        followers.add((groupId, config) -> told.accept(groupId));
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
