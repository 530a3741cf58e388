package io.polylog.mqtt.codec;

import static io.netty.handler.codec.mqtt.MqttProperties.CONTENT_TYPE;
import static io.netty.handler.codec.mqtt.MqttProperties.CORRELATION_DATA;
import static io.netty.handler.codec.mqtt.MqttProperties.PAYLOAD_FORMAT_INDICATOR;
import static io.netty.handler.codec.mqtt.MqttProperties.PUBLICATION_EXPIRY_INTERVAL;
import static io.netty.handler.codec.mqtt.MqttProperties.RESPONSE_TOPIC;
import static io.netty.handler.codec.mqtt.MqttProperties.USER_PROPERTY;

import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.MqttProperty;
import io.netty.handler.codec.mqtt.MqttProperties.StringPair;
import io.netty.handler.codec.mqtt.MqttProperties.UserProperties;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The MQTT 5 properties of a message that belong to the message itself, not to one hop: what a publisher sets, the log
 * keeps and a subscriber gets (MQTT 5 §3.3.2.3). Arrays are shared, never copied.
 *
 * @param payloadFormat 0 or 1, or {@link #ABSENT}
 * @param expirySeconds message expiry interval, 0 to 2^32 - 1, or {@link #ABSENT}
 */
@SuppressWarnings("ArrayRecordComponent") // shared by design; see above
public record PublishProperties(
        int payloadFormat,
        long expirySeconds,
        @Nullable String contentType,
        @Nullable String responseTopic,
        byte @Nullable [] correlationData,
        List<UserProperty> userProperties) {

    public static final int ABSENT = -1;

    public static final PublishProperties NONE = new PublishProperties(ABSENT, ABSENT, null, null, null, List.of());

    public PublishProperties {
        userProperties = List.copyOf(userProperties);
    }

    /** A name and a value, of which both may repeat; their order is kept. */
    public record UserProperty(String name, String value) {
        public UserProperty {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(value, "value");
        }
    }

    /** The same with other user properties. */
    public PublishProperties withUserProperties(List<UserProperty> others) {
        return new PublishProperties(payloadFormat, expirySeconds, contentType, responseTopic, correlationData, others);
    }

    /** Reads them from a decoded PUBLISH or will. */
    public static PublishProperties of(MqttProperties properties) {
        if (properties.isEmpty()) {
            return NONE;
        }
        return new PublishProperties(
                (int) integer(properties, PAYLOAD_FORMAT_INDICATOR),
                integer(properties, PUBLICATION_EXPIRY_INTERVAL),
                text(properties, CONTENT_TYPE),
                text(properties, RESPONSE_TOPIC),
                properties.getProperty(CORRELATION_DATA) instanceof MqttProperties.BinaryProperty data
                        ? data.value()
                        : null,
                userProperties(properties));
    }

    /** The user properties of any packet, in their order. */
    public static List<UserProperty> userProperties(MqttProperties properties) {
        if (!(properties.getProperty(USER_PROPERTY) instanceof UserProperties pairs)) {
            return List.of();
        }
        List<UserProperty> list = new ArrayList<>(pairs.value().size());
        for (StringPair pair : pairs.value()) {
            list.add(new UserProperty(pair.key, pair.value));
        }
        return list;
    }

    /** A property of one, two or four bytes as an unsigned number, or {@link #ABSENT}. */
    public static long integer(MqttProperties properties, int id) {
        return properties.getProperty(id) instanceof MqttProperties.IntegerProperty number
                ? Integer.toUnsignedLong(number.value())
                : ABSENT;
    }

    private static @Nullable String text(MqttProperties properties, int id) {
        MqttProperty<?> property = properties.getProperty(id);
        return property instanceof MqttProperties.StringProperty string ? string.value() : null;
    }
}
