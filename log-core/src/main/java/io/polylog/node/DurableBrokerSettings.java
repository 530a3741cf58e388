package io.polylog.node;

import io.polylog.broker.BrokerSetting;
import io.polylog.broker.BrokerSettings;
import io.polylog.broker.KnownBrokerSettings;
import io.polylog.broker.Turns;
import io.polylog.config.ConfigKey;
import io.polylog.config.Settings;
import io.polylog.engine.ConfigureBroker;
import io.polylog.engine.LocalEngine;
import io.polylog.engine.ReplicaGroup;
import io.polylog.net.ConnectionKeys;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The broker's settings: those of the metadata group before those of the configuration file. */
final class DurableBrokerSettings implements BrokerSettings {

    private static final Logger log = LoggerFactory.getLogger(DurableBrokerSettings.class);

    /** The door whose connections a broker's settings are about. */
    private static final ConnectionKeys CONNECTIONS = ConnectionKeys.of("kafka");

    private static final Map<String, ConfigKey<?>> CONFIGURED = Map.ofEntries(
            Map.entry(KnownBrokerSettings.PARTITIONS, LogKeys.DEFAULT_PARTITIONS),
            Map.entry(KnownBrokerSettings.AUTO_CREATE, LogKeys.AUTO_CREATE_TOPICS),
            Map.entry(KnownBrokerSettings.RETENTION_CHECK_INTERVAL_MS, LogKeys.RETENTION_CHECK_INTERVAL_MS),
            Map.entry(KnownBrokerSettings.OFFSETS_PARTITIONS, LogKeys.GROUP_METADATA_PARTITIONS),
            Map.entry(KnownBrokerSettings.LOG_DIRECTORIES, LogKeys.DATA_DIR),
            Map.entry(KnownBrokerSettings.SEGMENT_BYTES, LogKeys.SEGMENT_BYTES),
            Map.entry(KnownBrokerSettings.COMPACTION_BACKOFF_MS, LogKeys.COMPACTION_CHECK_INTERVAL_MS),
            Map.entry(KnownBrokerSettings.COMPACTION_MAP_BYTES, LogKeys.COMPACTION_MAP_BYTES),
            Map.entry(KnownBrokerSettings.COMPACTION_BYTES_PER_SECOND, LogKeys.COMPACTION_BYTES_PER_SECOND),
            Map.entry(KnownBrokerSettings.MAX_CONNECTIONS, CONNECTIONS.total()),
            Map.entry(KnownBrokerSettings.MAX_CONNECTIONS_PER_ADDRESS, CONNECTIONS.perAddress()));

    private final ReplicaGroup metadata;
    private final Map<String, Map<String, String>> given;
    private final Map<String, String> configured = new HashMap<>();
    private final String here;
    private final Turns turns = new Turns();
    private Function<Map<String, String>, CompletionStage<Void>> topics =
            defaults -> CompletableFuture.completedFuture(null);

    /** Before anything is proposed. */
    DurableBrokerSettings(LocalEngine engine, Settings settings, int nodeId) {
        this.metadata = engine.metadata();
        this.given = new ConcurrentHashMap<>(engine.brokerConfigsAtOpen());
        this.here = Integer.toString(nodeId);
        CONFIGURED.forEach((name, key) -> {
            if (settings.isSet(key)) {
                configured.put(name, String.valueOf(settings.get(key)));
            }
        });
    }

    /** Who is told, for each change, what holds for topics that do not say, and answers when it does. Once, before any change. */
    void followTopics(Function<Map<String, String>, CompletionStage<Void>> follower) {
        topics = follower;
    }

    /** What was given for topics that do not say, by the names of topics' settings. */
    Map<String, String> forTopics() {
        Map<String, String> all = new HashMap<>(given(ALL_NODES));
        all.putAll(given(here));
        return KnownBrokerSettings.forTopics(all);
    }

    @Override
    public Map<String, String> given(String node) {
        return given.getOrDefault(node, Map.of());
    }

    @Override
    public Map<String, String> configured() {
        return Map.copyOf(configured);
    }

    @Override
    public Optional<String> value(BrokerSetting setting) {
        String name = setting.name();
        return Optional.ofNullable(given(here).get(name))
                .or(() -> Optional.ofNullable(given(ALL_NODES).get(name)))
                .or(() -> Optional.ofNullable(configured.get(name)))
                .or(setting::defaultValue);
    }

    /** The value of a setting that has one. */
    String value(String name) {
        return value(KnownBrokerSettings.known(name)).orElseThrow();
    }

    @Override
    public CompletionStage<?> change(String node, UnaryOperator<Map<String, String>> change, boolean dryRun) {
        return turns.take(() -> {
            Map<String, String> wanted = KnownBrokerSettings.canonical(change.apply(given(node)));
            checkTogether(node, wanted);
            return dryRun ? CompletableFuture.completedFuture(null) : change(node, wanted);
        });
    }

    /** All that was given counts together, here as for whoever reads it. */
    private void checkTogether(String node, Map<String, String> wanted) {
        Map<String, String> all = new HashMap<>(node.equals(ALL_NODES) ? wanted : given(ALL_NODES));
        all.putAll(node.equals(ALL_NODES) ? given(here) : wanted);
        KnownBrokerSettings.checkTogether(all);
    }

    private CompletionStage<Void> change(String node, Map<String, String> wanted) {
        return metadata.propose(new ConfigureBroker(node, wanted)).thenCompose(done -> {
            given.put(node, wanted);
            log.atInfo()
                    .addKeyValue("node", node.isEmpty() ? "all" : node)
                    .addKeyValue("settings", wanted)
                    .log("broker settings changed");
            return topics.apply(forTopics());
        });
    }
}
