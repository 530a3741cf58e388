package io.polylog.mqtt.session;

import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.polylog.mqtt.codec.ProtocolViolation;
import io.polylog.mqtt.codec.PublishProperties;
import io.polylog.mqtt.codec.ReasonCode;
import io.polylog.mqtt.codec.TopicNames;
import io.polylog.mqtt.session.RecordMapper.Message;
import java.util.Optional;

/**
 * The message that a client leaves behind in case its connection ends without a DISCONNECT. Since sessions end with their
 * connection, and a will is due no later than its session's end, a will delay has no effect (MQTT 5 §3.1.3.2.2).
 */
record Will(Message message) {

    /**
     * @throws ProtocolViolation if it could not be published as it asks to be
     */
    static Optional<Will> of(MqttConnectMessage connect) {
        MqttConnectVariableHeader header = connect.variableHeader();
        if (!header.isWillFlag()) {
            return Optional.empty();
        }
        boolean mqtt5 = header.version() >= 5;
        if (mqtt5 && header.willQos() > 1) { // MQTT-3.2.2-12
            throw new ProtocolViolation(ReasonCode.QOS_NOT_SUPPORTED, "will with QoS 2");
        }
        if (mqtt5 && header.isWillRetain()) { // MQTT-3.2.2-13
            throw new ProtocolViolation(ReasonCode.RETAIN_NOT_SUPPORTED, "will with RETAIN");
        }
        String topic = connect.payload().willTopic();
        if (topic == null || !TopicNames.isName(topic)) {
            throw new ProtocolViolation(ReasonCode.TOPIC_NAME_INVALID, "will topic is not a topic name");
        }
        return Optional.of(new Will(new Message(
                topic,
                Math.min(header.willQos(), 1),
                header.isWillRetain(),
                connect.payload().willMessageInBytes(),
                PublishProperties.of(connect.payload().willProperties()))));
    }
}
