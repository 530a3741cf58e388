package io.polylog.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.mqtt.MqttMessageType;

/**
 * Rules that can only be seen in the raw bytes, because Netty's decoder folds what breaks them: properties that repeat or
 * do not belong to their packet, and reserved bits of subscription options. Stateless.
 */
final class PacketRules {

    private static final int CONNECT_FLAG_WILL = 0x04;

    private PacketRules() {}

    /**
     * Checks one whole packet.
     *
     * @param start index of the first byte
     * @param headerBytes size of the fixed header
     * @param remaining the packet's remaining length, all of it in the buffer
     */
    static void check(ByteBuf in, int start, int headerBytes, int remaining, WireVersion version) {
        int first = in.getUnsignedByte(start);
        RawPacket packet = new RawPacket(in, start + headerBytes, remaining);
        boolean mqtt5 = version.isMqtt5();
        switch (type(first)) {
            case CONNECT -> connect(packet, mqtt5);
            case PUBLISH -> {
                if (mqtt5) {
                    packet.skipString();
                    packet.skip((first & 0x06) == 0 ? 0 : 2);
                    PropertyRules.check(packet, PropertyRules.PUBLISH);
                }
            }
            case SUBSCRIBE -> subscribe(packet, mqtt5);
            case UNSUBSCRIBE -> {
                if (mqtt5) {
                    packet.skip(2);
                    PropertyRules.check(packet, PropertyRules.UNSUBSCRIBE);
                }
            }
            case PUBACK, PUBREC, PUBREL, PUBCOMP -> {
                if (!mqtt5 && remaining != 2) {
                    throw new ProtocolViolation(ReasonCode.MALFORMED_PACKET, "acknowledgement of the wrong length");
                }
                if (remaining > 3) {
                    packet.skip(3);
                    PropertyRules.check(packet, PropertyRules.ACKNOWLEDGEMENT);
                }
            }
            case DISCONNECT -> {
                if (!mqtt5 && remaining != 0) {
                    throw new ProtocolViolation(ReasonCode.MALFORMED_PACKET, "DISCONNECT with a body");
                }
                if (remaining > 1) {
                    packet.skip(1);
                    PropertyRules.check(packet, PropertyRules.DISCONNECT);
                }
            }
            case AUTH -> {
                if (mqtt5 && remaining > 1) {
                    packet.skip(1);
                    PropertyRules.check(packet, PropertyRules.AUTH);
                }
            }
            case CONNACK, SUBACK, UNSUBACK, PINGRESP ->
                throw new ProtocolViolation(ReasonCode.PROTOCOL_ERROR, "a packet that only servers send");
            case PINGREQ -> {
                // no variable part; Netty's decoder refuses one that has it
            }
        }
    }

    private static MqttMessageType type(int firstByte) {
        int type = firstByte >> 4;
        if (type == 0) {
            throw new ProtocolViolation(ReasonCode.MALFORMED_PACKET, "packet type 0");
        }
        return MqttMessageType.valueOf(type);
    }

    private static void connect(RawPacket packet, boolean mqtt5) {
        packet.skipString();
        packet.skip(1);
        int flags = packet.unsignedByte();
        packet.skip(2);
        if (!mqtt5) {
            return;
        }
        PropertyRules.check(packet, PropertyRules.CONNECT);
        packet.skipString();
        if ((flags & CONNECT_FLAG_WILL) != 0) {
            PropertyRules.check(packet, PropertyRules.WILL);
        }
    }

    /** MQTT 5 §3.8.3.1 reserves bits 6 and 7 of the options, MQTT 3.1.1 §3.8.3 all but the QoS. */
    private static void subscribe(RawPacket packet, boolean mqtt5) {
        packet.skip(2);
        if (mqtt5) {
            PropertyRules.check(packet, PropertyRules.SUBSCRIBE);
        }
        int reserved = mqtt5 ? 0xC0 : 0xFC;
        while (packet.remaining() > 0) {
            packet.skipString();
            int options = packet.unsignedByte();
            if ((options & reserved) != 0) {
                throw new ProtocolViolation(ReasonCode.MALFORMED_PACKET, "reserved subscription option bits");
            }
            if ((options & 0x30) == 0x30) {
                throw new ProtocolViolation(ReasonCode.PROTOCOL_ERROR, "retain handling 3"); // MQTT 5 §3.8.3.1
            }
        }
    }
}
