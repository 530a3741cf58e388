package io.polylog.mqtt.codec;

import io.netty.buffer.ByteBuf;

/** Walks the variable part of one packet without consuming it, and never past its end. */
final class RawPacket {

    private final ByteBuf buffer;
    private final int end;
    private int index;

    RawPacket(ByteBuf buffer, int index, int length) {
        this.buffer = buffer;
        this.index = index;
        this.end = index + length;
    }

    int remaining() {
        return end - index;
    }

    int index() {
        return index;
    }

    void skip(int bytes) {
        if (bytes > remaining()) {
            throw new ProtocolViolation(ReasonCode.MALFORMED_PACKET, "a length points beyond its packet");
        }
        index += bytes;
    }

    int unsignedByte() {
        skip(1);
        return buffer.getUnsignedByte(index - 1);
    }

    int unsignedShort() {
        skip(2);
        return buffer.getUnsignedShort(index - 2);
    }

    long unsignedInt() {
        skip(4);
        return buffer.getUnsignedInt(index - 4);
    }

    /** Variable Byte Integer, MQTT 5 §1.5.5: the shortest form is required. */
    int variableInt() {
        int value = 0;
        for (int digits = 0; digits < 4; digits++) {
            int digit = unsignedByte();
            value |= (digit & 0x7F) << (7 * digits);
            if ((digit & 0x80) == 0) {
                if (digit == 0 && digits > 0) {
                    throw new ProtocolViolation(
                            ReasonCode.MALFORMED_PACKET, "variable byte integer longer than needed");
                }
                return value;
            }
        }
        throw new ProtocolViolation(ReasonCode.MALFORMED_PACKET, "variable byte integer of more than 4 bytes");
    }

    /** A length of two bytes and as many bytes: text or binary data. */
    void skipString() {
        skip(unsignedShort());
    }
}
