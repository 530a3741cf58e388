package io.polylog.broker;

import static io.polylog.broker.BrokerSetting.changeable;
import static io.polylog.broker.BrokerSetting.fixed;
import static io.polylog.broker.SettingRule.ADDRESS_LIMITS;
import static io.polylog.broker.SettingRule.atLeast;
import static io.polylog.broker.SettingRule.between;
import static io.polylog.broker.TopicSetting.Type.BOOLEAN;
import static io.polylog.broker.TopicSetting.Type.DOUBLE;
import static io.polylog.broker.TopicSetting.Type.INT;
import static io.polylog.broker.TopicSetting.Type.LIST;
import static io.polylog.broker.TopicSetting.Type.LONG;
import static io.polylog.broker.TopicSetting.Type.TEXT;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The settings of a Kafka broker that the gateway goes by: the defaults of topics' settings, and some of its own work. */
public final class KnownBrokerSettings {

    public static final String PARTITIONS = "num.partitions";
    public static final String AUTO_CREATE = "auto.create.topics.enable";
    public static final String RETENTION_CHECK_INTERVAL_MS = "log.retention.check.interval.ms";
    public static final String OFFSETS_PARTITIONS = "offsets.topic.num.partitions";
    public static final String LOG_DIRECTORIES = "log.dirs";
    public static final String SEGMENT_BYTES = "log.segment.bytes";

    /** How long compaction waits before it looks for work again, in milliseconds. */
    public static final String COMPACTION_BACKOFF_MS = "log.cleaner.backoff.ms";

    /** Memory for keys while a partition is compacted, in bytes. */
    public static final String COMPACTION_MAP_BYTES = "log.cleaner.dedupe.buffer.size";

    /** How fast compaction reads, in bytes a second. */
    public static final String COMPACTION_BYTES_PER_SECOND = "log.cleaner.io.max.bytes.per.second";

    /** Connections of the Kafka door at a time. */
    public static final String MAX_CONNECTIONS = "max.connections";

    /** The same from one address; those of {@link #MAX_CONNECTIONS_OF_ADDRESSES} have their own limits. */
    public static final String MAX_CONNECTIONS_PER_ADDRESS = "max.connections.per.ip";

    /** In the form of {@link AddressLimits}. */
    public static final String MAX_CONNECTIONS_OF_ADDRESSES = "max.connections.per.ip.overrides";

    /** Connections a second. */
    public static final String CONNECTION_RATE = "max.connection.creation.rate";

    /** Of the metrics that a client pushes at a time, as they come and as they unfold. */
    public static final int CLIENT_METRICS_BYTES = 1 << 20;

    private static final String RETENTION_MS = "log.retention.ms";
    private static final String FOR_EVER = "-1";
    private static final SettingRule RETENTION =
            new SettingRule(value -> Long.parseLong(value) != 0, "must be at least 1, or below 0 for no limit");

    private static final Map<String, BrokerSetting> BY_NAME = new TreeMap<>();

    static {
        for (TopicSetting setting : TopicSettings.all()) {
            if (!setting.brokerName().isEmpty()) {
                add(BrokerSetting.of(setting, setting.brokerName().equals(RETENTION_MS) ? RETENTION : setting.rule()));
            }
            setting.coarser()
                    .ifPresent(coarser -> add(fixed(
                            coarser.name(),
                            coarser.type(),
                            coarser.value(),
                            "Of topics that do not set " + setting.name() + ".")));
        }
        add(changeable(
                COMPACTION_BACKOFF_MS,
                LONG,
                "15000",
                atLeast(0),
                "Milliseconds between two looks for partitions to be compacted."));
        add(changeable(
                COMPACTION_MAP_BYTES,
                LONG,
                String.valueOf(16 << 20),
                between(1 << 20, 1 << 30),
                "Memory in bytes for keys while a partition is compacted; more keys take more passes."));
        add(changeable(
                COMPACTION_BYTES_PER_SECOND,
                DOUBLE,
                String.valueOf((double) (64 << 20)),
                between(4096, Double.MAX_VALUE),
                "How fast compaction reads, in bytes a second."));
        addConnectionLimits();
        CoordinatorSettings.all().forEach(KnownBrokerSettings::add);
        for (String rate : List.of(
                "leader.replication.throttled.rate",
                "follower.replication.throttled.rate",
                "replica.alter.log.dirs.io.max.bytes.per.second")) {
            add(changeable(
                    rate,
                    LONG,
                    String.valueOf(Long.MAX_VALUE),
                    atLeast(0),
                    "Kept for tools. There is one replica of each partition."));
        }
        add(fixed(
                "telemetry.max.bytes",
                INT,
                String.valueOf(CLIENT_METRICS_BYTES),
                "Bytes of the metrics that a client pushes at a time, as they come and as they unfold."));
        add(fixed(PARTITIONS, INT, "1", "Partitions of a topic that does not say how many."));
        add(fixed(AUTO_CREATE, BOOLEAN, "true", "Whether a topic is created when a client first names it."));
        add(fixed(
                RETENTION_CHECK_INTERVAL_MS, LONG, "300000", "Milliseconds between two looks for records to let go."));
        add(fixed(OFFSETS_PARTITIONS, INT, "4", "Partitions of the topic of consumer groups and their offsets."));
        add(fixed(LOG_DIRECTORIES, LIST, "data", "Directory for everything that is kept."));
    }

    private KnownBrokerSettings() {}

    private static void addConnectionLimits() {
        String noLimit = String.valueOf(Integer.MAX_VALUE);
        add(changeable(
                MAX_CONNECTIONS,
                INT,
                "20000",
                atLeast(0),
                "Connections of Kafka clients at a time; any beyond it are closed at once."));
        add(changeable(
                MAX_CONNECTIONS_PER_ADDRESS,
                INT,
                noLimit,
                atLeast(0),
                "The same from one address. 0 needs max.connections.per.ip.overrides."));
        add(changeable(
                MAX_CONNECTIONS_OF_ADDRESSES,
                TEXT,
                "",
                ADDRESS_LIMITS,
                "Addresses with a limit of their own: a list of address:number, without names of hosts."));
        add(changeable(
                CONNECTION_RATE,
                INT,
                noLimit,
                atLeast(0),
                "Connections of Kafka clients a second; those beyond it are closed, unheard, after up to a second."));
    }

    private static void add(BrokerSetting setting) {
        BY_NAME.put(setting.name(), setting);
    }

    /** In the order of their names. */
    public static Collection<BrokerSetting> all() {
        return Collections.unmodifiableCollection(BY_NAME.values());
    }

    public static Optional<BrokerSetting> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** The setting of that name, which is known. */
    public static BrokerSetting known(String name) {
        return find(name).orElseThrow(() -> new IllegalArgumentException("no setting of the broker is called " + name));
    }

    /**
     * The settings as they are kept, see {@link TopicSettings#canonical}.
     *
     * @throws RefusedException {@code INVALID_CONFIG} for the first name that cannot be changed or value that does not fit; it never
     *     repeats the value of a setting that is not known, which may be a secret
     */
    public static Map<String, String> canonical(Map<String, String> config) {
        Map<String, String> canonical = new HashMap<>();
        config.forEach((name, value) -> {
            BrokerSetting setting = find(name)
                    .filter(BrokerSetting::changeable)
                    .orElseThrow(() -> new RefusedException(Refusal.INVALID_CONFIG, FixedSettings.reason(name)));
            canonical.put(name, setting.rule().canonical(name, setting.type(), value));
        });
        return canonical;
    }

    /**
     * Refuses settings that do not go together.
     *
     * @param config canonical; all that holds for one node and was given to somebody
     * @throws RefusedException {@code INVALID_CONFIG}
     */
    public static void checkTogether(Map<String, String> config) {
        if ("0".equals(config.get(MAX_CONNECTIONS_PER_ADDRESS))
                && config.getOrDefault(MAX_CONNECTIONS_OF_ADDRESSES, "").isEmpty()) {
            throw new RefusedException(
                    Refusal.INVALID_CONFIG,
                    MAX_CONNECTIONS_PER_ADDRESS + " can be 0 only if " + MAX_CONNECTIONS_OF_ADDRESSES + " is set");
        }
    }

    /**
     * What settings of the broker mean for topics, by the names of topics' settings.
     *
     * @param config canonical
     */
    public static Map<String, String> forTopics(Map<String, String> config) {
        Map<String, String> defaults = new HashMap<>();
        config.forEach((name, value) -> known(name).topicSetting().ifPresent(topicSetting -> {
            boolean forEver = name.equals(RETENTION_MS) && value.startsWith("-");
            defaults.put(topicSetting, forEver ? FOR_EVER : value);
        }));
        return defaults;
    }
}
