package io.polylog.mqtt.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.broker.Topic;
import io.polylog.broker.TopicSettings;
import io.polylog.mqtt.codec.TopicNames;
import io.polylog.record.Header;
import io.polylog.record.Record;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The names of the mapping contract: MQTT topic = log topic + "/" + key. Every log topic {@code T} is mounted at
 * {@code T/#}, unless it holds dead letters; the default log topic is mounted at the root and its key is the whole MQTT topic. Stateless.
 */
public final class TopicMapping {

    /** Takes every publish whose first level is not a log topic. */
    public static final String DEFAULT_LOG_TOPIC = "mqtt";

    /** Keeps the MQTT topic where the key alone would not give it back. */
    static final String TOPIC_HEADER = "mqtt.topic";

    private TopicMapping() {}

    /**
     * Whether a log topic has a place in the MQTT tree. One that holds dead letters has none: a subscriber of everything has
     * had those messages where they were published.
     */
    public static boolean isMounted(Topic topic) {
        return !TopicSettings.holdsDeadLetters(topic);
    }

    /**
     * Where a publish goes.
     *
     * @param logTopic name of the log topic
     * @param key the record's key; null when the MQTT topic is the log topic itself
     */
    @SuppressWarnings("ArrayRecordComponent") // shared, never changed
    public record Route(String logTopic, byte @Nullable [] key) {}

    /**
     * Routes a legal MQTT topic name.
     *
     * @param exists whether there is a log topic of that name
     */
    public static Route route(String mqttTopic, Predicate<String> exists) {
        String first = TopicNames.firstLevel(mqttTopic);
        if (first.equals(DEFAULT_LOG_TOPIC) || !exists.test(first)) {
            return new Route(DEFAULT_LOG_TOPIC, mqttTopic.getBytes(UTF_8));
        }
        if (first.length() == mqttTopic.length()) {
            return new Route(first, null);
        }
        return new Route(first, mqttTopic.substring(first.length() + 1).getBytes(UTF_8));
    }

    /** The MQTT topic of a record, wherever it came from. */
    public static String topicOf(String logTopic, Record record) {
        Optional<Header> kept =
                record.headers().isEmpty() ? Optional.empty() : record.headers().last(TOPIC_HEADER);
        if (kept.isPresent()) {
            byte[] value = kept.get().value();
            String topic = value == null || value.length > TopicNames.MAX_BYTES ? null : MqttText.strictUtf8(value);
            if (topic != null && isWithin(logTopic, topic)) {
                return topic;
            }
        }
        return topicOfKey(logTopic, record.key());
    }

    /** The MQTT topic that a key gives; the log topic's own name if the key is not a legal suffix. */
    public static String topicOfKey(String logTopic, byte @Nullable [] key) {
        if (key == null || key.length == 0 || key.length > TopicNames.MAX_BYTES) {
            return logTopic;
        }
        String suffix = MqttText.strictUtf8(key);
        if (suffix == null) {
            return logTopic;
        }
        if (logTopic.equals(DEFAULT_LOG_TOPIC)) {
            return TopicNames.isName(suffix) ? suffix : logTopic;
        }
        String topic = logTopic + "/" + suffix;
        boolean fits = logTopic.length() + 1 + key.length <= TopicNames.MAX_BYTES;
        return fits && TopicNames.isName(topic) ? topic : logTopic;
    }

    /** Whether an MQTT topic lies inside a log topic's mount. */
    private static boolean isWithin(String logTopic, String mqttTopic) {
        return TopicNames.isName(mqttTopic)
                && (logTopic.equals(DEFAULT_LOG_TOPIC)
                        || TopicNames.firstLevel(mqttTopic).equals(logTopic));
    }
}
