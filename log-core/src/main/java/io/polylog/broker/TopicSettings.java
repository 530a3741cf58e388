package io.polylog.broker;

import static io.polylog.broker.SettingRule.ANY;
import static io.polylog.broker.SettingRule.oneOf;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The settings that topics know: Kafka's, with its names, defaults and limits, and the gateway's own. What a setting does,
 * or that it is kept for tools only, its documentation says.
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

    /** Whether the dead letters of share groups that name the topic may go there (KIP-1191). */
    public static final String TAKES_DEAD_LETTERS = "errors.deadletterqueue.group.enable";

    /** Whether records whose headers ask for it enter the topic later; if not those headers mean nothing. */
    public static final String SCHEDULE = "polylog.schedule";

    private static final Map<String, TopicSetting> BY_NAME = new LinkedHashMap<>();

    static {
        KafkaTopicSettings.ALL.forEach(TopicSettings::add);
        add(
                RETENTION,
                TopicSetting.Type.TEXT,
                "kafka",
                oneOf("kafka", "queue"),
                "queue for topics declared as queues: what all their ledgers are done with is deleted.");
        add(
                AMQP_NAME,
                TopicSetting.Type.TEXT,
                "",
                ANY,
                "The AMQP name that the topic's own name is escaped from, where the two differ.");
        add(
                DEAD_LETTER_TOPIC,
                TopicSetting.Type.TEXT,
                "{topic}.dlq",
                ANY,
                "Where records go that cannot be delivered; {topic} stands for this topic, nothing for nowhere.");
        add(
                DELIVERY_LIMIT,
                TopicSetting.Type.INT,
                "20",
                ANY,
                "How often delivery of a record may fail before it becomes a dead letter; 0 for no limit.");
        add(
                LOCK_TIMEOUT_MS,
                TopicSetting.Type.LONG,
                "0",
                ANY,
                "How long a consumer may hold a record of a queue, in milliseconds; 0 for as long as it stays.");
        add(
                SHARE_START,
                TopicSetting.Type.TEXT,
                "latest",
                oneOf("latest", "earliest"),
                "Where a new share group, other than the topic's own queue, begins.");
        add(
                SCHEDULE,
                TopicSetting.Type.BOOLEAN,
                "true",
                ANY,
                "Whether records whose headers ask for it enter the topic later.");
    }

    private TopicSettings() {}

    private static void add(
            String name, TopicSetting.Type type, String defaultValue, SettingRule rule, String documentation) {
        add(new TopicSetting(name, type, defaultValue, rule, "", Optional.empty(), documentation));
    }

    private static void add(TopicSetting setting) {
        BY_NAME.put(setting.name(), setting);
    }

    public static Collection<TopicSetting> all() {
        return Collections.unmodifiableCollection(BY_NAME.values());
    }

    public static Optional<TopicSetting> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /**
     * The settings as they are kept: without blanks and with small letters where those mean nothing.
     *
     * @throws RefusedException {@code INVALID_CONFIG} for the first name that is not known or value that does not fit
     */
    public static Map<String, String> canonical(Map<String, String> config) {
        Map<String, String> canonical = new HashMap<>();
        config.forEach((name, value) -> canonical.put(name, known(name).canonical(value)));
        long least = number(canonical, "min.compaction.lag.ms");
        long most = number(canonical, "max.compaction.lag.ms");
        if (least > most) {
            throw new RefusedException(
                    Refusal.INVALID_CONFIG,
                    "min.compaction.lag.ms (" + least + ") may not be above max.compaction.lag.ms (" + most + ")");
        }
        return canonical;
    }

    private static TopicSetting known(String name) {
        return find(name)
                .orElseThrow(() -> new RefusedException(Refusal.INVALID_CONFIG, "Unknown topic config name: " + name));
    }

    private static long number(Map<String, String> config, String name) {
        return Long.parseLong(config.getOrDefault(name, known(name).defaultValue()));
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

    /** Whether share groups may name the topic as the place for their dead letters. */
    public static boolean takesDeadLettersOfGroups(Topic topic) {
        return Boolean.parseBoolean(value(topic, TAKES_DEAD_LETTERS));
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

    /** What the topic has for a known setting: its own value, what the gateway gives every topic, or the default. */
    public static String value(Topic topic, String name) {
        TopicSetting setting = BY_NAME.get(name);
        if (setting == null) {
            throw new IllegalArgumentException("no topic setting is called " + name);
        }
        return topic.settings().getOrDefault(name, setting.defaultValue());
    }
}
