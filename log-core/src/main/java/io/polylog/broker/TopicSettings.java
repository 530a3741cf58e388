package io.polylog.broker;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The settings that topics know, with Kafka's names and defaults, and the gateway's own. All are kept and reported; of
 * Kafka's, the only one that the log honours so far is {@code max.message.bytes}.
 */
public final class TopicSettings {

    public static final String MAX_MESSAGE_BYTES = "max.message.bytes";
    public static final String CLEANUP_POLICY = "cleanup.policy";

    /** {@code kafka}, or {@code queue} for topics declared as queues: what all their ledgers are done with is deleted. */
    public static final String RETENTION = "polylog.retention";

    /** The AMQP name that a topic's own name is escaped from, where the two differ. */
    public static final String AMQP_NAME = "polylog.amqp.name";

    /**
     * Where records go that cannot be delivered: a topic's name, in which {@code {topic}} stands for this topic's; the empty
     * text or the topic itself for nowhere.
     */
    public static final String DEAD_LETTER_TOPIC = "polylog.dead.letter.topic";

    /** How often delivery of a record may fail before it becomes a dead letter: a count; 0 or less for no limit. */
    public static final String DELIVERY_LIMIT = "polylog.delivery.limit";

    /** How long a consumer of a share group may hold a record, in milliseconds; 0 for as long as it stays. */
    public static final String LOCK_TIMEOUT_MS = "polylog.lock.timeout.ms";

    /** Where a new share group, other than the topic's own queue, begins: {@code latest} or {@code earliest}. */
    public static final String SHARE_START = "polylog.share.start";

    /** Whether records whose headers ask for it enter the topic later; if not those headers mean nothing. */
    public static final String SCHEDULE = "polylog.schedule";

    private static final Map<String, List<String>> CHOICES =
            Map.of(RETENTION, List.of("kafka", "queue"), SHARE_START, List.of("latest", "earliest"));

    private static final Map<String, TopicSetting> BY_NAME = new LinkedHashMap<>();

    static {
        add(CLEANUP_POLICY, TopicSetting.Type.LIST, "delete");
        add("compression.gzip.level", TopicSetting.Type.INT, "-1");
        add("compression.lz4.level", TopicSetting.Type.INT, "9");
        add("compression.type", TopicSetting.Type.TEXT, "producer");
        add("compression.zstd.level", TopicSetting.Type.INT, "3");
        add("delete.retention.ms", TopicSetting.Type.LONG, "86400000");
        add("file.delete.delay.ms", TopicSetting.Type.LONG, "60000");
        add("flush.messages", TopicSetting.Type.LONG, "9223372036854775807");
        add("flush.ms", TopicSetting.Type.LONG, "9223372036854775807");
        add("follower.replication.throttled.replicas", TopicSetting.Type.LIST, "");
        add("index.interval.bytes", TopicSetting.Type.INT, "4096");
        add("leader.replication.throttled.replicas", TopicSetting.Type.LIST, "");
        add("max.compaction.lag.ms", TopicSetting.Type.LONG, "9223372036854775807");
        add(MAX_MESSAGE_BYTES, TopicSetting.Type.INT, "1048588");
        add("message.timestamp.after.max.ms", TopicSetting.Type.LONG, "3600000");
        add("message.timestamp.before.max.ms", TopicSetting.Type.LONG, "9223372036854775807");
        add("message.timestamp.type", TopicSetting.Type.TEXT, "CreateTime");
        add("min.cleanable.dirty.ratio", TopicSetting.Type.DOUBLE, "0.5");
        add("min.compaction.lag.ms", TopicSetting.Type.LONG, "0");
        add("min.insync.replicas", TopicSetting.Type.INT, "1");
        add("preallocate", TopicSetting.Type.BOOLEAN, "false");
        add("retention.bytes", TopicSetting.Type.LONG, "-1");
        add("retention.ms", TopicSetting.Type.LONG, "604800000");
        add("segment.bytes", TopicSetting.Type.INT, "1073741824");
        add("segment.index.bytes", TopicSetting.Type.INT, "10485760");
        add("segment.jitter.ms", TopicSetting.Type.LONG, "0");
        add("segment.ms", TopicSetting.Type.LONG, "604800000");
        add("unclean.leader.election.enable", TopicSetting.Type.BOOLEAN, "false");
        add(RETENTION, TopicSetting.Type.TEXT, "kafka");
        add(AMQP_NAME, TopicSetting.Type.TEXT, "");
        add(DEAD_LETTER_TOPIC, TopicSetting.Type.TEXT, "{topic}.dlq");
        add(DELIVERY_LIMIT, TopicSetting.Type.INT, "20");
        add(LOCK_TIMEOUT_MS, TopicSetting.Type.LONG, "0");
        add(SHARE_START, TopicSetting.Type.TEXT, "latest");
        add(SCHEDULE, TopicSetting.Type.BOOLEAN, "true");
    }

    private TopicSettings() {}

    private static void add(String name, TopicSetting.Type type, String defaultValue) {
        BY_NAME.put(name, new TopicSetting(name, type, defaultValue));
    }

    public static Collection<TopicSetting> all() {
        return java.util.Collections.unmodifiableCollection(BY_NAME.values());
    }

    /**
     * @throws RefusedException {@code INVALID_CONFIG} for the first name that is not known or value that does not fit
     */
    public static void check(Map<String, String> config) {
        config.forEach((name, value) -> {
            TopicSetting setting = BY_NAME.get(name);
            if (setting == null) {
                throw new RefusedException(Refusal.INVALID_CONFIG, "Unknown topic config name: " + name);
            }
            setting.check(value);
            List<String> choices = CHOICES.getOrDefault(name, List.of(value));
            if (!choices.contains(value)) {
                throw new RefusedException(
                        Refusal.INVALID_CONFIG,
                        "Invalid value " + value + " for configuration " + name + ": must be one of " + choices);
            }
        });
    }

    /** The largest record batch, in bytes, that Kafka producers may send to the topic. */
    public static int maxMessageBytes(Topic topic) {
        return Integer.parseInt(value(topic, MAX_MESSAGE_BYTES));
    }

    /** Name of the topic that takes the dead letters of this one; empty if they are to be archived. */
    public static Optional<String> deadLetterTopic(Topic topic) {
        String name = value(topic, DEAD_LETTER_TOPIC).replace("{topic}", topic.name());
        return topic.internal() || name.isEmpty() || name.equals(topic.name()) ? Optional.empty() : Optional.of(name);
    }

    /** Whether the topic was made for dead letters: such a one names itself as the place for its own. */
    public static boolean holdsDeadLetters(Topic topic) {
        return value(topic, DEAD_LETTER_TOPIC).equals(topic.name());
    }

    /** Failed deliveries that a record may have; one more makes it a dead letter. */
    public static int deliveryLimit(Topic topic) {
        int limit = Integer.parseInt(value(topic, DELIVERY_LIMIT));
        return limit <= 0 ? Integer.MAX_VALUE : limit;
    }

    /** Milliseconds after which an acquired record is available again; 0 for never. */
    public static long lockTimeoutMs(Topic topic) {
        return Math.max(0, Long.parseLong(value(topic, LOCK_TIMEOUT_MS)));
    }

    /** Whether records may be scheduled. */
    public static boolean schedules(Topic topic) {
        return !topic.internal() && Boolean.parseBoolean(value(topic, SCHEDULE));
    }

    /** What the topic has for a known setting, its own value or the default. */
    public static String value(Topic topic, String name) {
        TopicSetting setting = BY_NAME.get(name);
        if (setting == null) {
            throw new IllegalArgumentException("no topic setting is called " + name);
        }
        return topic.config().getOrDefault(name, setting.defaultValue());
    }
}
