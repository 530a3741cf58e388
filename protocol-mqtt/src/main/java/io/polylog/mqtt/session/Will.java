package io.polylog.mqtt.session;

import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.polylog.mqtt.codec.ProtocolViolation;
import io.polylog.mqtt.codec.PublishProperties;
import io.polylog.mqtt.codec.ReasonCode;
import io.polylog.mqtt.codec.TopicNames;
import io.polylog.mqtt.message.Message;
import io.polylog.schedule.ScheduleHeaders;
import io.polylog.session.Testament;
import java.util.Optional;
import java.util.UUID;

/**
 * The message that a client leaves behind in case it does not come back: published when its session ends or it has been away
 * for the delay, whichever is first (MQTT 5 §3.1.2.5, §3.1.3.2.2).
 *
 * @param delaySeconds 0 to 2^32 - 1
 */
record Will(Message message, long delaySeconds) {

    /**
     * @throws ProtocolViolation if it could not be published
     */
    static Optional<Will> of(MqttConnectMessage connect) {
        MqttConnectVariableHeader header = connect.variableHeader();
        if (!header.isWillFlag()) {
            return Optional.empty();
        }
        String topic = connect.payload().willTopic();
        if (topic == null || !TopicNames.isName(topic) || PublishRouter.isReserved(topic)) {
            throw new ProtocolViolation(ReasonCode.TOPIC_NAME_INVALID, "will topic is not a topic name");
        }
        MqttProperties properties = connect.payload().willProperties();
        Message message = new Message(
                topic,
                header.willQos(),
                header.isWillRetain(),
                connect.payload().willMessageInBytes(),
                PublishProperties.of(properties));
        if (message.properties().userProperties().stream()
                .anyMatch(property -> ScheduleHeaders.asks(property.name()))) {
            throw new ProtocolViolation(
                    ReasonCode.IMPLEMENTATION_SPECIFIC, "a will that is scheduled; it has a delay of its own");
        }
        long delaySeconds = PublishProperties.integer(properties, MqttProperties.WILL_DELAY_INTERVAL);
        return Optional.of(new Will(message, Math.max(0, delaySeconds)));
    }

    /** As a session keeps it. */
    Testament testament() {
        return new Testament(UUID.randomUUID(), delaySeconds * 1000, WillCodec.encode(message));
    }
}
