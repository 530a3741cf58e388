package io.polylog.mqtt.message;

import static io.polylog.mqtt.message.Names.CLOUD_EVENT_PREFIX;
import static io.polylog.mqtt.message.Names.CLOUD_EVENT_VERSION;
import static io.polylog.mqtt.message.Names.CONTENT_TYPE;
import static io.polylog.mqtt.message.Names.CORRELATION_ID;
import static io.polylog.mqtt.message.Names.EXPIRES_AT;
import static io.polylog.mqtt.message.Names.FIELDS;
import static io.polylog.mqtt.message.Names.KEY_PROPERTY;
import static io.polylog.mqtt.message.Names.NULL_PROPERTY;
import static io.polylog.mqtt.message.Names.PAYLOAD_FORMAT;
import static io.polylog.mqtt.message.Names.QOS;
import static io.polylog.mqtt.message.Names.REPLY_TO;
import static io.polylog.mqtt.message.Names.RETAIN;
import static io.polylog.mqtt.message.Names.USER_PREFIX;
import static io.polylog.mqtt.message.Names.isMqttField;
import static io.polylog.mqtt.message.Names.isReserved;

import io.polylog.metric.Meters;
import io.polylog.mqtt.codec.PublishProperties;
import io.polylog.mqtt.codec.PublishProperties.UserProperty;
import io.polylog.mqtt.codec.TopicNames;
import io.polylog.record.Header;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns records into MQTT messages. Any thread. */
final class OutboundMapper {

    private static final byte[] EMPTY = {};

    private final Meters.Counter droppedReplyTo;
    private final Meters.Counter droppedOther;

    OutboundMapper(Meters meters) {
        this.droppedReplyTo = dropped(meters, REPLY_TO);
        this.droppedOther = dropped(meters, "header");
    }

    private static Meters.Counter dropped(Meters meters, String field) {
        return meters.counter("polylog_mapping_dropped_total", "from", "log", "to", "mqtt", "field", field);
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
        Optional<Long> expiresAt = headers.lastText(EXPIRES_AT).flatMap(OutboundMapper::epochMs);
        if (expiresAt.isPresent()) {
            long remainingMs = expiresAt.get() - nowMs;
            if (remainingMs <= 0) {
                return Optional.empty(); // MQTT-3.3.2-5
            }
            expirySeconds = Math.min(remainingMs / 1000 + (remainingMs % 1000 == 0 ? 0 : 1), 0xFFFF_FFFFL);
        }
        PublishProperties properties = new PublishProperties(
                headers.lastText(PAYLOAD_FORMAT)
                        .map(OutboundMapper::payloadFormat)
                        .orElse(PublishProperties.ABSENT),
                expirySeconds,
                headers.last(CONTENT_TYPE).map(this::mqttText).orElse(null),
                headers.last(REPLY_TO).map(this::responseTopic).orElse(null),
                headers.last(CORRELATION_ID).map(this::correlationData).orElse(null),
                userProperties(topic, logTopic, record));
        int qos = headers.lastText(QOS).map(OutboundMapper::qos).orElse(1);
        boolean retain = headers.lastText(RETAIN).map("true"::equals).orElse(false);
        return Optional.of(new Message(topic, qos, retain, value == null ? EMPTY : value, properties));
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
        String text = MqttText.text(value);
        if (MqttText.isMqttText(name) && text.length() <= TopicNames.MAX_BYTES && MqttText.isMqttText(text)) {
            properties.add(new UserProperty(name, text));
        } else {
            droppedOther.add(1);
        }
    }

    private static boolean keyIsSuffix(String topic, String logTopic, byte @Nullable [] key) {
        if (key == null || key.length == 0) {
            return true;
        }
        String suffix = MqttText.strictUtf8(key);
        return suffix != null
                && (logTopic.equals(TopicMapping.DEFAULT_LOG_TOPIC)
                        ? topic.equals(suffix)
                        : topic.length() == logTopic.length() + 1 + suffix.length() && topic.endsWith(suffix));
    }

    private @Nullable String mqttText(Header header) {
        byte[] value = header.value();
        String text = value == null ? null : MqttText.strictUtf8(value);
        if (text == null || !MqttText.isMqttText(text)) {
            droppedOther.add(1);
            return null;
        }
        return text;
    }

    private @Nullable String responseTopic(Header header) {
        byte[] value = header.value();
        if (value != null && value.length <= TopicNames.MAX_BYTES) {
            String text = MqttText.strictUtf8(value);
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

    private static Optional<Long> epochMs(String text) {
        try {
            return Optional.of(Long.parseLong(text)).filter(time -> time >= 0);
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
