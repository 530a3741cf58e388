package io.polylog.mqtt.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.metric.Meters;
import io.polylog.mqtt.codec.PublishProperties;
import io.polylog.mqtt.codec.PublishProperties.UserProperty;
import io.polylog.mqtt.codec.TopicNames;
import io.polylog.mqtt.session.TopicMapping.Route;
import io.polylog.record.Header;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.StoredRecord;
import io.polylog.schedule.ScheduleHeaders;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns MQTT messages into records and records into MQTT messages, by the mapping contract:
 *
 * <table>
 * <caption>Record and MQTT 5</caption>
 * <tr><td>value</td><td>payload</td></tr>
 * <tr><td>null value</td><td>empty payload and user property {@code polylog-null: true}</td></tr>
 * <tr><td>key</td><td>topic suffix, or user property {@code polylog-key}</td></tr>
 * <tr><td>{@code content-type}</td><td>content type</td></tr>
 * <tr><td>{@code correlation-id}</td><td>correlation data</td></tr>
 * <tr><td>{@code reply-to}</td><td>response topic</td></tr>
 * <tr><td>{@code expires-at}, epoch ms</td><td>message expiry interval, remaining seconds</td></tr>
 * <tr><td>{@code mqtt.qos} (absent: 1), {@code mqtt.retain}, {@code mqtt.payload-format}</td><td>their fields</td></tr>
 * <tr><td>{@code mqtt.topic}</td><td>the topic, where topic, key, topic is not exact</td></tr>
 * <tr><td>{@code mqtt.client-id}</td><td>the publisher; kept for No Local, never sent</td></tr>
 * <tr><td>{@code ce_*}, with {@code ce_specversion}</td><td>user properties without the prefix</td></tr>
 * <tr><td>{@code mqtt.user.*}</td><td>user properties that have the name of one of the headers above</td></tr>
 * <tr><td>any other header</td><td>user property; {@code base64:} if the value is not text</td></tr>
 * </table>
 *
 * <p>Headers beginning with {@code polylog-} (other than scheduling) or {@code Camel} are hidden in both directions. What
 * cannot be expressed is counted. Any thread.
 */
final class RecordMapper {

    static final String CLIENT_ID = "mqtt.client-id";
    static final String KEY_PROPERTY = "polylog-key";
    static final String NULL_PROPERTY = "polylog-null";

    private static final String CONTENT_TYPE = "content-type";
    private static final String CORRELATION_ID = "correlation-id";
    private static final String REPLY_TO = "reply-to";
    private static final String EXPIRES_AT = "expires-at";
    private static final String QOS = "mqtt.qos";
    private static final String RETAIN = "mqtt.retain";
    private static final String PAYLOAD_FORMAT = "mqtt.payload-format";

    private static final String MQTT_PREFIX = "mqtt.";
    private static final String USER_PREFIX = "mqtt.user.";
    private static final String CLOUD_EVENT_PREFIX = "ce_";
    private static final String CLOUD_EVENT_VERSION = "specversion";
    private static final String BASE64_PREFIX = "base64:";

    private static final String GATEWAY_PREFIX = "polylog-";
    private static final String ROUTES_PREFIX = "Camel";

    /** Headers that MQTT fields speak for. */
    private static final Set<String> FIELDS = Set.of(CONTENT_TYPE, CORRELATION_ID, REPLY_TO, EXPIRES_AT);

    private static final byte[] EMPTY = {};

    private final Meters.Counter droppedIn;
    private final Meters.Counter droppedReplyTo;
    private final Meters.Counter droppedOther;

    RecordMapper(Meters meters) {
        String name = "polylog_mapping_dropped_total";
        this.droppedIn = meters.counter(name, "from", "mqtt", "to", "log", "field", "reserved-user-property");
        this.droppedReplyTo = meters.counter(name, "from", "log", "to", "mqtt", "field", REPLY_TO);
        this.droppedOther = meters.counter(name, "from", "log", "to", "mqtt", "field", "header");
    }

    /**
     * A message as MQTT has it.
     *
     * @param topic without wildcards; never empty
     * @param qos as published, 0 to 2
     * @param retain as published
     * @param payload shared, not copied
     */
    @SuppressWarnings("ArrayRecordComponent") // shared, never changed
    record Message(String topic, int qos, boolean retain, byte[] payload, PublishProperties properties) {}

    /**
     * The record of a publish.
     *
     * @param clientId kept with the record; null if it need not be
     * @param nowMs when it was received, milliseconds since the Unix epoch
     */
    Record toRecord(Message message, Route route, @Nullable String clientId, long nowMs) {
        Headers.Builder headers = Headers.builder();
        PublishProperties properties = message.properties();
        byte[] key = key(properties, route);
        if (!TopicMapping.topicOfKey(route.logTopic(), key).equals(message.topic())) {
            headers.text(TopicMapping.TOPIC_HEADER, message.topic());
        }
        if (message.qos() != 1) {
            headers.text(QOS, Integer.toString(message.qos()));
        }
        if (message.retain()) {
            headers.text(RETAIN, "true");
        }
        if (clientId != null) {
            headers.text(CLIENT_ID, clientId);
        }
        fieldsToHeaders(properties, nowMs, headers);
        boolean saysNull = userPropertiesToHeaders(properties.userProperties(), headers);
        boolean isNull = saysNull && message.payload().length == 0;
        return new Record(key, isNull ? null : message.payload(), nowMs, headers.build());
    }

    private static byte @Nullable [] key(PublishProperties properties, Route route) {
        for (UserProperty property : properties.userProperties()) {
            if (property.name().equals(KEY_PROPERTY)) {
                return bytes(property.value());
            }
        }
        return route.key();
    }

    private static void fieldsToHeaders(PublishProperties properties, long nowMs, Headers.Builder headers) {
        if (properties.payloadFormat() != PublishProperties.ABSENT) {
            headers.text(PAYLOAD_FORMAT, Integer.toString(properties.payloadFormat()));
        }
        if (properties.expirySeconds() != PublishProperties.ABSENT) {
            headers.text(EXPIRES_AT, Long.toString(nowMs + properties.expirySeconds() * 1000));
        }
        if (properties.contentType() != null) {
            headers.text(CONTENT_TYPE, properties.contentType());
        }
        if (properties.responseTopic() != null) {
            headers.text(REPLY_TO, properties.responseTopic());
        }
        if (properties.correlationData() != null) {
            headers.add(new Header(CORRELATION_ID, properties.correlationData()));
        }
    }

    /** Answers whether the message says that its value is null. */
    private boolean userPropertiesToHeaders(List<UserProperty> properties, Headers.Builder headers) {
        boolean cloudEvent = properties.stream().anyMatch(p -> p.name().equals(CLOUD_EVENT_VERSION));
        boolean isNull = false;
        for (UserProperty property : properties) {
            String name = property.name();
            if (name.equals(NULL_PROPERTY)) {
                isNull |= property.value().equals("true");
            } else if (isReserved(name)) {
                if (!name.equals(KEY_PROPERTY)) {
                    droppedIn.add(1);
                }
            } else if (FIELDS.contains(name) || name.startsWith(MQTT_PREFIX)) {
                headers.text(USER_PREFIX + name, property.value());
            } else if (cloudEvent && isCloudEventAttribute(name)) {
                headers.text(CLOUD_EVENT_PREFIX + name, property.value());
            } else {
                headers.text(name, property.value());
            }
        }
        return isNull;
    }

    /** The MQTT message of a record, at {@code nowMs}; empty if it has expired. */
    Optional<Message> toMessage(String logTopic, Record record, long nowMs) {
        Headers headers = record.headers();
        String topic = TopicMapping.topicOf(logTopic, record);
        byte[] value = record.value();
        if (headers.isEmpty() && value != null && keyIsSuffix(topic, logTopic, record.key())) {
            return Optional.of(new Message(topic, 1, false, value, PublishProperties.NONE));
        }
        long expirySeconds = PublishProperties.ABSENT;
        Optional<Long> expiresAt = headers.lastText(EXPIRES_AT).flatMap(RecordMapper::epochMs);
        if (expiresAt.isPresent()) {
            long remainingMs = expiresAt.get() - nowMs;
            if (remainingMs <= 0) {
                return Optional.empty(); // MQTT-3.3.2-5
            }
            expirySeconds = Math.min(remainingMs / 1000 + (remainingMs % 1000 == 0 ? 0 : 1), 0xFFFF_FFFFL);
        }
        PublishProperties properties = new PublishProperties(
                headers.lastText(PAYLOAD_FORMAT)
                        .map(RecordMapper::payloadFormat)
                        .orElse(PublishProperties.ABSENT),
                expirySeconds,
                headers.last(CONTENT_TYPE).map(this::mqttText).orElse(null),
                headers.last(REPLY_TO).map(this::responseTopic).orElse(null),
                headers.last(CORRELATION_ID).map(this::correlationData).orElse(null),
                userProperties(topic, logTopic, record));
        int qos = headers.lastText(QOS).map(RecordMapper::qos).orElse(1);
        boolean retain = headers.lastText(RETAIN).map("true"::equals).orElse(false);
        return Optional.of(new Message(topic, qos, retain, value == null ? EMPTY : value, properties));
    }

    /** The same message with the position and time that a subscriber asked for. */
    static Message withPosition(Message message, int partition, StoredRecord stored) {
        PublishProperties plain = message.properties();
        List<UserProperty> properties = new ArrayList<>(plain.userProperties());
        properties.add(
                new UserProperty("timestamp", Long.toString(stored.record().timestampMs())));
        properties.add(new UserProperty("polylog-partition", Integer.toString(partition)));
        properties.add(new UserProperty("polylog-offset", Long.toString(stored.offset())));
        return new Message(
                message.topic(),
                message.qos(),
                message.retain(),
                message.payload(),
                plain.withUserProperties(properties));
    }

    private List<UserProperty> userProperties(String topic, String logTopic, Record record) {
        List<UserProperty> properties = new ArrayList<>();
        if (record.value() == null) {
            properties.add(new UserProperty(NULL_PROPERTY, "true"));
        }
        byte[] key = record.key();
        if (key != null && !keyIsSuffix(topic, logTopic, key)) {
            add(properties, KEY_PROPERTY, key);
        }
        boolean cloudEvent =
                record.headers().last(CLOUD_EVENT_PREFIX + CLOUD_EVENT_VERSION).isPresent();
        for (Header header : record.headers()) {
            String name = header.key();
            if (isReserved(name) || FIELDS.contains(name)) {
                continue;
            }
            if (name.startsWith(USER_PREFIX)) {
                name = name.substring(USER_PREFIX.length());
            } else if (isMqttField(name)) {
                continue;
            } else if (cloudEvent && name.startsWith(CLOUD_EVENT_PREFIX)) {
                name = name.substring(CLOUD_EVENT_PREFIX.length());
            }
            byte[] value = header.value();
            add(properties, name, value == null ? EMPTY : value);
        }
        return properties;
    }

    private void add(List<UserProperty> properties, String name, byte[] value) {
        String text = text(value);
        if (isMqttText(name) && text.length() <= TopicNames.MAX_BYTES && isMqttText(text)) {
            properties.add(new UserProperty(name, text));
        } else {
            droppedOther.add(1);
        }
    }

    private static boolean keyIsSuffix(String topic, String logTopic, byte @Nullable [] key) {
        if (key == null || key.length == 0) {
            return true;
        }
        String suffix = TopicMapping.strictUtf8(key);
        return suffix != null
                && (logTopic.equals(TopicMapping.DEFAULT_LOG_TOPIC)
                        ? topic.equals(suffix)
                        : topic.length() == logTopic.length() + 1 + suffix.length() && topic.endsWith(suffix));
    }

    private @Nullable String mqttText(Header header) {
        byte[] value = header.value();
        String text = value == null ? null : TopicMapping.strictUtf8(value);
        if (text == null || !isMqttText(text)) {
            droppedOther.add(1);
            return null;
        }
        return text;
    }

    private @Nullable String responseTopic(Header header) {
        byte[] value = header.value();
        if (value != null && value.length <= TopicNames.MAX_BYTES) {
            String text = TopicMapping.strictUtf8(value);
            if (text != null && TopicNames.isName(text)) { // MQTT-3.3.2-14
                return text;
            }
        }
        droppedReplyTo.add(1);
        return null;
    }

    private byte @Nullable [] correlationData(Header header) {
        byte[] value = header.value();
        if (value == null || value.length > TopicNames.MAX_BYTES) {
            droppedOther.add(1);
            return null;
        }
        return value;
    }

    private static boolean isReserved(String name) {
        return startsWithIgnoringCase(name, ROUTES_PREFIX)
                || (startsWithIgnoringCase(name, GATEWAY_PREFIX) && !ScheduleHeaders.isOne(name));
    }

    private static boolean startsWithIgnoringCase(String text, String prefix) {
        return text.regionMatches(true, 0, prefix, 0, prefix.length());
    }

    private static boolean isMqttField(String name) {
        return switch (name) {
            case QOS, RETAIN, PAYLOAD_FORMAT, CLIENT_ID, TopicMapping.TOPIC_HEADER -> true;
            default -> false;
        };
    }

    /** CloudEvents 1.0 §3: lower-case letters and digits. */
    private static boolean isCloudEventAttribute(String name) {
        return !name.isEmpty() && name.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
    }

    /** Text that fits an MQTT string: no U+0000, no lone surrogates, at most 65,535 bytes (MQTT 5 §1.5.4). */
    private static boolean isMqttText(String text) {
        return text.indexOf('\0') < 0
                && UTF_8.newEncoder().canEncode(text)
                && text.getBytes(UTF_8).length <= TopicNames.MAX_BYTES;
    }

    private static String text(byte[] value) {
        String text = TopicMapping.strictUtf8(value);
        return text != null && text.indexOf('\0') < 0
                ? text
                : BASE64_PREFIX + Base64.getEncoder().encodeToString(value);
    }

    private static byte[] bytes(String text) {
        if (text.startsWith(BASE64_PREFIX)) {
            try {
                return Base64.getDecoder().decode(text.substring(BASE64_PREFIX.length()));
            } catch (IllegalArgumentException notBase64) {
                return text.getBytes(UTF_8); // then it is what it says
            }
        }
        return text.getBytes(UTF_8);
    }

    private static Optional<Long> epochMs(String text) {
        try {
            return Optional.of(Long.parseLong(text));
        } catch (NumberFormatException foreign) {
            return Optional.empty(); // a header of that name from elsewhere does not expire anything
        }
    }

    private static int qos(String text) {
        return switch (text) {
            case "0" -> 0;
            case "2" -> 2;
            default -> 1;
        };
    }

    private static int payloadFormat(String text) {
        return switch (text) {
            case "0" -> 0;
            case "1" -> 1;
            default -> PublishProperties.ABSENT;
        };
    }
}
