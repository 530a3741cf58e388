package io.polylog.mqtt.message;

import static io.polylog.mqtt.message.Names.CLIENT_ID;
import static io.polylog.mqtt.message.Names.CLOUD_EVENT_PREFIX;
import static io.polylog.mqtt.message.Names.CLOUD_EVENT_VERSION;
import static io.polylog.mqtt.message.Names.CONTENT_TYPE;
import static io.polylog.mqtt.message.Names.CORRELATION_ID;
import static io.polylog.mqtt.message.Names.EXPIRES_AT;
import static io.polylog.mqtt.message.Names.FIELDS;
import static io.polylog.mqtt.message.Names.KEY_PROPERTY;
import static io.polylog.mqtt.message.Names.MQTT_PREFIX;
import static io.polylog.mqtt.message.Names.NULL_PROPERTY;
import static io.polylog.mqtt.message.Names.PAYLOAD_FORMAT;
import static io.polylog.mqtt.message.Names.QOS;
import static io.polylog.mqtt.message.Names.REPLY_TO;
import static io.polylog.mqtt.message.Names.RETAIN;
import static io.polylog.mqtt.message.Names.USER_PREFIX;
import static io.polylog.mqtt.message.Names.isReserved;

import io.polylog.metric.Meters;
import io.polylog.mqtt.codec.PublishProperties;
import io.polylog.mqtt.codec.PublishProperties.UserProperty;
import io.polylog.mqtt.message.TopicMapping.Route;
import io.polylog.record.Header;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns MQTT messages into records. Any thread. */
final class InboundMapper {

    private final Meters.Counter droppedReserved;

    InboundMapper(Meters meters) {
        this.droppedReserved = meters.counter(
                "polylog_mapping_dropped_total", "from", "mqtt", "to", "log", "field", "reserved-user-property");
    }

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
                return MqttText.bytes(property.value());
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
        if (properties.isEmpty()) {
            return false;
        }
        boolean cloudEvent = properties.stream().anyMatch(p -> p.name().equals(CLOUD_EVENT_VERSION));
        boolean isNull = false;
        for (UserProperty property : properties) {
            String name = property.name();
            if (name.equals(NULL_PROPERTY)) {
                isNull |= property.value().equals("true");
            } else if (isReserved(name)) {
                if (!name.equals(KEY_PROPERTY)) {
                    droppedReserved.add(1);
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

    /** CloudEvents 1.0 §3: lower-case letters and digits. */
    private static boolean isCloudEventAttribute(String name) {
        return !name.isEmpty() && name.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
    }
}
