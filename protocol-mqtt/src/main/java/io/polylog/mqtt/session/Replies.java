package io.polylog.mqtt.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnAckVariableHeader;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttSubAckPayload;
import io.netty.handler.codec.mqtt.MqttUnsubAckMessage;
import io.netty.handler.codec.mqtt.MqttUnsubAckPayload;
import io.polylog.mqtt.codec.ReasonCode;
import java.util.List;

/**
 * The packets that a server answers with. Short ones are bytes; in particular refusals, which must be sayable before
 * Netty's codec knows the protocol version. Stateless.
 */
final class Replies {

    private static final int CONNACK = 0x20;
    private static final int PUBACK = 0x40;
    private static final int PUBREC = 0x50;
    private static final int PUBREL = 0x62;
    private static final int PUBCOMP = 0x70;
    private static final int PINGRESP = 0xD0;
    private static final int DISCONNECT = 0xE0;

    /** MQTT 3.1.1 §3.2.2.3, table 3.1. */
    private static final int V3_UNACCEPTABLE_VERSION = 1;

    private static final int V3_IDENTIFIER_REJECTED = 2;
    private static final int V3_SERVER_UNAVAILABLE = 3;

    private Replies() {}

    static MqttMessage accepted(boolean sessionPresent, MqttProperties properties) {
        return new MqttConnAckMessage(
                header(MqttMessageType.CONNACK),
                new MqttConnAckVariableHeader(MqttConnectReturnCode.CONNECTION_ACCEPTED, sessionPresent, properties));
    }

    /** A CONNACK that refuses; empty where MQTT 3 has no code for the reason and only closing says it. */
    static ByteBuf refused(boolean mqtt5, ReasonCode reason) {
        if (mqtt5) {
            return bytes(CONNACK, 3, 0, inConnAck(reason).code(), 0);
        }
        return switch (reason) {
            case UNSUPPORTED_PROTOCOL_VERSION -> bytes(CONNACK, 2, 0, V3_UNACCEPTABLE_VERSION);
            case CLIENT_IDENTIFIER_NOT_VALID -> bytes(CONNACK, 2, 0, V3_IDENTIFIER_REJECTED);
            case SERVER_UNAVAILABLE, QUOTA_EXCEEDED -> bytes(CONNACK, 2, 0, V3_SERVER_UNAVAILABLE);
            default -> Unpooled.EMPTY_BUFFER;
        };
    }

    /** The nearest code that a CONNACK may have (MQTT 5 §3.2.2.2): its client knows no other. */
    private static ReasonCode inConnAck(ReasonCode reason) {
        return switch (reason) {
            case SESSION_TAKEN_OVER, SERVER_SHUTTING_DOWN, KEEP_ALIVE_TIMEOUT -> ReasonCode.SERVER_UNAVAILABLE;
            case TOPIC_FILTER_INVALID,
                    PACKET_IDENTIFIER_IN_USE,
                    PACKET_IDENTIFIER_NOT_FOUND,
                    RECEIVE_MAXIMUM_EXCEEDED,
                    TOPIC_ALIAS_INVALID -> ReasonCode.PROTOCOL_ERROR;
            case SUCCESS,
                    NO_SUBSCRIPTION_EXISTED,
                    UNSPECIFIED_ERROR,
                    MALFORMED_PACKET,
                    PROTOCOL_ERROR,
                    IMPLEMENTATION_SPECIFIC,
                    UNSUPPORTED_PROTOCOL_VERSION,
                    CLIENT_IDENTIFIER_NOT_VALID,
                    NOT_AUTHORIZED,
                    SERVER_UNAVAILABLE,
                    BAD_AUTHENTICATION_METHOD,
                    TOPIC_NAME_INVALID,
                    PACKET_TOO_LARGE,
                    QUOTA_EXCEEDED -> reason;
        };
    }

    /** MQTT 5 only (MQTT 5 §3.14). */
    static ByteBuf disconnect(ReasonCode reason) {
        return bytes(DISCONNECT, 1, reason.code());
    }

    static ByteBuf pubAck(boolean mqtt5, int packetId, ReasonCode reason) {
        return answer(PUBACK, mqtt5, packetId, reason);
    }

    static ByteBuf pubRec(boolean mqtt5, int packetId, ReasonCode reason) {
        return answer(PUBREC, mqtt5, packetId, reason);
    }

    static ByteBuf pubRel(boolean mqtt5, int packetId, ReasonCode reason) {
        return answer(PUBREL, mqtt5, packetId, reason);
    }

    static ByteBuf pubComp(boolean mqtt5, int packetId, ReasonCode reason) {
        return answer(PUBCOMP, mqtt5, packetId, reason);
    }

    /** MQTT 3 can only say that all went well. */
    private static ByteBuf answer(int type, boolean mqtt5, int packetId, ReasonCode reason) {
        return mqtt5 && reason != ReasonCode.SUCCESS
                ? bytes(type, 3, packetId >>> 8, packetId, reason.code())
                : bytes(type, 2, packetId >>> 8, packetId);
    }

    /** Bytes of an {@linkplain #answer(MqttMessageType, int, ReasonCode, String) answer} with that sentence, or a few more. */
    static int sizeWith(String sentence) {
        return 16 + sentence.getBytes(UTF_8).length;
    }

    /**
     * An answer that says why (MQTT 5 §3.4.2.2.2).
     *
     * @param type PUBACK or PUBREC
     * @param sentence at most 65,535 bytes of UTF-8
     */
    static MqttMessage answer(MqttMessageType type, int packetId, ReasonCode reason, String sentence) {
        MqttProperties properties = new MqttProperties();
        properties.add(new MqttProperties.StringProperty(MqttProperties.REASON_STRING, sentence));
        return new MqttMessage(
                header(type), new MqttPubReplyMessageVariableHeader(packetId, reason.byteValue(), properties));
    }

    static ByteBuf pingResp() {
        return bytes(PINGRESP, 0);
    }

    static MqttMessage subAck(int packetId, List<Integer> codes) {
        return new MqttSubAckMessage(
                header(MqttMessageType.SUBACK),
                new MqttMessageIdAndPropertiesVariableHeader(packetId, MqttProperties.NO_PROPERTIES),
                new MqttSubAckPayload(codes));
    }

    static MqttMessage unsubAck(boolean mqtt5, int packetId, List<ReasonCode> codes) {
        if (!mqtt5) {
            return new MqttUnsubAckMessage(
                    header(MqttMessageType.UNSUBACK), MqttMessageIdVariableHeader.from(packetId));
        }
        return new MqttUnsubAckMessage(
                header(MqttMessageType.UNSUBACK),
                new MqttMessageIdAndPropertiesVariableHeader(packetId, MqttProperties.NO_PROPERTIES),
                new MqttUnsubAckPayload(
                        codes.stream().map(code -> (short) code.code()).toList()));
    }

    private static MqttFixedHeader header(MqttMessageType type) {
        return new MqttFixedHeader(type, false, MqttQoS.AT_MOST_ONCE, false, 0);
    }

    private static ByteBuf bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return Unpooled.wrappedBuffer(bytes);
    }
}
