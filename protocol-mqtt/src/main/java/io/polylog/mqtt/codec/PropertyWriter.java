package io.polylog.mqtt.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.codec.mqtt.MqttProperties;
import io.polylog.mqtt.codec.PublishProperties.UserProperty;
import java.io.ByteArrayOutputStream;

/** Writes the message properties of a PUBLISH, without the length in front (MQTT 5 §3.3.2.3). */
final class PropertyWriter {

    private static final byte[] NOTHING = {};

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(64);

    private PropertyWriter() {}

    /** Strings must be at most 65,535 bytes of UTF-8 long; the mapper has seen to that. */
    static byte[] encode(PublishProperties properties) {
        if (properties.equals(PublishProperties.NONE)) {
            return NOTHING;
        }
        PropertyWriter writer = new PropertyWriter();
        if (properties.payloadFormat() != PublishProperties.ABSENT) {
            writer.out.write(MqttProperties.PAYLOAD_FORMAT_INDICATOR);
            writer.out.write(properties.payloadFormat());
        }
        if (properties.expirySeconds() != PublishProperties.ABSENT) {
            writer.out.write(MqttProperties.PUBLICATION_EXPIRY_INTERVAL);
            int seconds = (int) properties.expirySeconds();
            writer.unsignedShort(seconds >>> 16);
            writer.unsignedShort(seconds);
        }
        if (properties.contentType() != null) {
            writer.out.write(MqttProperties.CONTENT_TYPE);
            writer.binary(properties.contentType().getBytes(UTF_8));
        }
        if (properties.responseTopic() != null) {
            writer.out.write(MqttProperties.RESPONSE_TOPIC);
            writer.binary(properties.responseTopic().getBytes(UTF_8));
        }
        if (properties.correlationData() != null) {
            writer.out.write(MqttProperties.CORRELATION_DATA);
            writer.binary(properties.correlationData());
        }
        for (UserProperty property : properties.userProperties()) {
            writer.out.write(MqttProperties.USER_PROPERTY);
            writer.binary(property.name().getBytes(UTF_8));
            writer.binary(property.value().getBytes(UTF_8));
        }
        return writer.out.toByteArray();
    }

    private void unsignedShort(int value) {
        out.write(value >>> 8);
        out.write(value);
    }

    private void binary(byte[] bytes) {
        if (bytes.length > TopicNames.MAX_BYTES) {
            throw new IllegalArgumentException("property of " + bytes.length + " bytes");
        }
        unsignedShort(bytes.length);
        out.writeBytes(bytes);
    }
}
