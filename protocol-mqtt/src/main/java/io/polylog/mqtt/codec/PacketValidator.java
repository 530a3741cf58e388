package io.polylog.mqtt.codec;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttIdentifierRejectedException;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnacceptableProtocolVersionException;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.netty.util.ReferenceCountUtil;

/**
 * Refuses decoded messages that break a rule of their packet type, and turns Netty's failed decoder results into
 * {@link ProtocolViolation}s. What passes is a message that a session may act on. Owned by the event loop.
 */
final class PacketValidator extends ChannelInboundHandlerAdapter {

    private boolean seen = true;

    /** The framer is about to feed one packet to the decoder. */
    void expectMessage() {
        seen = false;
    }

    /** The decoder has been fed one whole packet and must have given one message. */
    void requireMessage() {
        if (!seen) {
            throw new ProtocolViolation(ReasonCode.MALFORMED_PACKET, "a length points beyond its packet");
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        seen = true;
        try {
            check((MqttMessage) message);
        } catch (ProtocolViolation violation) {
            ReferenceCountUtil.release(message);
            throw violation;
        }
        ctx.fireChannelRead(message);
    }

    private static void check(MqttMessage message) {
        if (message.decoderResult().isFailure()) {
            throw violation(message.decoderResult().cause());
        }
        if (message instanceof MqttPublishMessage publish) {
            publish(publish);
        } else if (message instanceof MqttConnectMessage connect) {
            connect(connect.variableHeader());
        } else if (message instanceof MqttSubscribeMessage subscribe) {
            if (subscribe.payload().topicSubscriptions().isEmpty()) { // MQTT-3.8.3-2
                throw new ProtocolViolation(ReasonCode.PROTOCOL_ERROR, "SUBSCRIBE without a filter");
            }
        } else if (message instanceof MqttUnsubscribeMessage unsubscribe) {
            if (unsubscribe.payload().topics().isEmpty()) { // MQTT-3.10.3-2
                throw new ProtocolViolation(ReasonCode.PROTOCOL_ERROR, "UNSUBSCRIBE without a filter");
            }
        }
    }

    private static ProtocolViolation violation(Throwable cause) {
        if (cause instanceof TooLongFrameException) {
            return new ProtocolViolation(ReasonCode.PACKET_TOO_LARGE, "packet too large");
        }
        if (cause instanceof MqttUnacceptableProtocolVersionException) {
            return new ProtocolViolation(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, "unsupported protocol version");
        }
        if (cause instanceof MqttIdentifierRejectedException) {
            return new ProtocolViolation(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, "client identifier not valid");
        }
        return new ProtocolViolation(ReasonCode.MALFORMED_PACKET, "malformed packet");
    }

    private static void publish(MqttPublishMessage publish) {
        if (publish.fixedHeader().isDup() && publish.fixedHeader().qosLevel() == MqttQoS.AT_MOST_ONCE) {
            throw new ProtocolViolation(ReasonCode.MALFORMED_PACKET, "DUP with QoS 0"); // MQTT-3.3.1-2
        }
        if (publish.variableHeader().topicName().isEmpty()
                && publish.variableHeader().properties().getProperty(MqttProperties.TOPIC_ALIAS) == null) {
            throw new ProtocolViolation(ReasonCode.PROTOCOL_ERROR, "PUBLISH without a topic"); // MQTT 5 §3.3.2.1
        }
    }

    private static void connect(MqttConnectVariableHeader header) {
        if (header.willQos() == 3) { // MQTT-3.1.2-12
            throw new ProtocolViolation(ReasonCode.MALFORMED_PACKET, "will QoS 3");
        }
        if (!header.isWillFlag() && (header.willQos() != 0 || header.isWillRetain())) { // MQTT-3.1.2-11, -13
            throw new ProtocolViolation(ReasonCode.MALFORMED_PACKET, "will QoS or will retain without a will");
        }
        if (header.version() < 5 && header.hasPassword() && !header.hasUserName()) { // MQTT 3.1.1, MQTT-3.1.2-22
            throw new ProtocolViolation(ReasonCode.MALFORMED_PACKET, "password without a user name");
        }
    }
}
