package io.polylog.mqtt.codec;

import static io.netty.handler.codec.mqtt.MqttProperties.AUTHENTICATION_DATA;
import static io.netty.handler.codec.mqtt.MqttProperties.AUTHENTICATION_METHOD;
import static io.netty.handler.codec.mqtt.MqttProperties.CONTENT_TYPE;
import static io.netty.handler.codec.mqtt.MqttProperties.CORRELATION_DATA;
import static io.netty.handler.codec.mqtt.MqttProperties.MAXIMUM_PACKET_SIZE;
import static io.netty.handler.codec.mqtt.MqttProperties.PAYLOAD_FORMAT_INDICATOR;
import static io.netty.handler.codec.mqtt.MqttProperties.PUBLICATION_EXPIRY_INTERVAL;
import static io.netty.handler.codec.mqtt.MqttProperties.REASON_STRING;
import static io.netty.handler.codec.mqtt.MqttProperties.RECEIVE_MAXIMUM;
import static io.netty.handler.codec.mqtt.MqttProperties.REQUEST_PROBLEM_INFORMATION;
import static io.netty.handler.codec.mqtt.MqttProperties.REQUEST_RESPONSE_INFORMATION;
import static io.netty.handler.codec.mqtt.MqttProperties.RESPONSE_TOPIC;
import static io.netty.handler.codec.mqtt.MqttProperties.SESSION_EXPIRY_INTERVAL;
import static io.netty.handler.codec.mqtt.MqttProperties.SUBSCRIPTION_IDENTIFIER;
import static io.netty.handler.codec.mqtt.MqttProperties.TOPIC_ALIAS;
import static io.netty.handler.codec.mqtt.MqttProperties.TOPIC_ALIAS_MAXIMUM;
import static io.netty.handler.codec.mqtt.MqttProperties.USER_PROPERTY;
import static io.netty.handler.codec.mqtt.MqttProperties.WILL_DELAY_INTERVAL;

/**
 * Which properties a client may put into which packet (MQTT 5 §2.2.2.2, table 2-4), that only user properties repeat,
 * and which values are outside a property's range. Sets of identifiers are bit masks: all of them lie below 64.
 */
final class PropertyRules {

    static final long CONNECT = set(
            SESSION_EXPIRY_INTERVAL,
            RECEIVE_MAXIMUM,
            MAXIMUM_PACKET_SIZE,
            TOPIC_ALIAS_MAXIMUM,
            REQUEST_RESPONSE_INFORMATION,
            REQUEST_PROBLEM_INFORMATION,
            USER_PROPERTY,
            AUTHENTICATION_METHOD,
            AUTHENTICATION_DATA);
    static final long WILL = set(
            WILL_DELAY_INTERVAL,
            PAYLOAD_FORMAT_INDICATOR,
            PUBLICATION_EXPIRY_INTERVAL,
            CONTENT_TYPE,
            RESPONSE_TOPIC,
            CORRELATION_DATA,
            USER_PROPERTY);
    /** Subscription identifiers travel from server to client only (MQTT-3.3.4-6). */
    static final long PUBLISH = set(
            PAYLOAD_FORMAT_INDICATOR,
            PUBLICATION_EXPIRY_INTERVAL,
            TOPIC_ALIAS,
            RESPONSE_TOPIC,
            CORRELATION_DATA,
            USER_PROPERTY,
            CONTENT_TYPE);

    static final long SUBSCRIBE = set(SUBSCRIPTION_IDENTIFIER, USER_PROPERTY);
    static final long UNSUBSCRIBE = set(USER_PROPERTY);
    static final long ACKNOWLEDGEMENT = set(REASON_STRING, USER_PROPERTY);
    /** A server reference may only come from a server (MQTT 5 §3.14.2.2.5). */
    static final long DISCONNECT = set(SESSION_EXPIRY_INTERVAL, REASON_STRING, USER_PROPERTY);

    static final long AUTH = set(AUTHENTICATION_METHOD, AUTHENTICATION_DATA, REASON_STRING, USER_PROPERTY);

    private PropertyRules() {}

    /** Walks the property section that begins where {@code packet} stands, and leaves it at the section's end. */
    static void check(RawPacket packet, long allowed) {
        int length = packet.variableInt();
        if (length > PacketLimits.PROPERTY_BYTES) {
            throw new ProtocolViolation(
                    ReasonCode.PACKET_TOO_LARGE,
                    "properties of " + length + " bytes; at most " + PacketLimits.PROPERTY_BYTES);
        }
        if (length > packet.remaining()) {
            throw new ProtocolViolation(ReasonCode.MALFORMED_PACKET, "properties reach beyond their packet");
        }
        int end = packet.index() + length;
        long seen = 0;
        while (packet.index() < end) {
            int id = packet.variableInt();
            long bit = id < Long.SIZE ? 1L << id : 0;
            if ((allowed & bit) == 0) {
                throw new ProtocolViolation(
                        ReasonCode.MALFORMED_PACKET, "property " + id + " does not belong to its packet");
            }
            if ((seen & bit) != 0 && id != USER_PROPERTY) {
                throw new ProtocolViolation(ReasonCode.PROTOCOL_ERROR, "property " + id + " appears twice");
            }
            seen |= bit;
            value(packet, id);
        }
        if (packet.index() != end) {
            throw new ProtocolViolation(ReasonCode.MALFORMED_PACKET, "a property reaches beyond the property section");
        }
        if ((seen & set(AUTHENTICATION_DATA)) != 0 && (seen & set(AUTHENTICATION_METHOD)) == 0) {
            // MQTT 5 §3.1.2.11.10
            throw new ProtocolViolation(ReasonCode.PROTOCOL_ERROR, "authentication data without a method");
        }
    }

    private static void value(RawPacket packet, int id) {
        switch (id) {
            case PAYLOAD_FORMAT_INDICATOR, REQUEST_PROBLEM_INFORMATION, REQUEST_RESPONSE_INFORMATION ->
                require(packet.unsignedByte() <= 1, id);
            case RECEIVE_MAXIMUM -> require(packet.unsignedShort() > 0, id);
            case TOPIC_ALIAS_MAXIMUM -> packet.skip(2);
            case TOPIC_ALIAS -> {
                if (packet.unsignedShort() == 0) { // MQTT-3.3.2-8
                    throw new ProtocolViolation(ReasonCode.TOPIC_ALIAS_INVALID, "topic alias 0");
                }
            }
            case MAXIMUM_PACKET_SIZE -> require(packet.unsignedInt() > 0, id);
            case PUBLICATION_EXPIRY_INTERVAL, SESSION_EXPIRY_INTERVAL, WILL_DELAY_INTERVAL -> packet.skip(4);
            case SUBSCRIPTION_IDENTIFIER -> require(packet.variableInt() > 0, id);
            case USER_PROPERTY -> {
                packet.skipString();
                packet.skipString();
            }
            default -> packet.skipString(); // every other allowed property is text or binary data
        }
    }

    private static void require(boolean valid, int id) {
        if (!valid) {
            throw new ProtocolViolation(ReasonCode.PROTOCOL_ERROR, "property " + id + " has a value out of range");
        }
    }

    private static long set(int... ids) {
        long set = 0;
        for (int id : ids) {
            set |= 1L << id;
        }
        return set;
    }
}
