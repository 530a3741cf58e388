package io.polylog.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Cuts the byte stream into whole packets and hands each, already checked against its size limit and the raw rules, to
 * Netty's decoder. Bytes are only ever kept as they arrive: an announced length allocates nothing.
 *
 * <p>Netty's decoder waits for more input when a length inside a packet points beyond it; since it is fed whole packets,
 * that wait would swallow the next one. So after each packet the validator must have seen a message. After a fault
 * everything that still arrives is dropped.
 */
final class PacketFramer extends ByteToMessageDecoder {

    /** CONNECT's first byte; its flags are reserved and must be zero (MQTT 5 §2.1.3). */
    private static final int CONNECT_FIRST_BYTE = 0x10;

    private static final int MAX_LENGTH_DIGITS = 4;
    private static final int OLDEST_LEVEL = 3;
    private static final int NEWEST_LEVEL = 5;

    private final PacketLimits limits;
    private final WireVersion version;
    private final PacketValidator validator;
    private boolean connectSeen;
    private boolean failed;

    PacketFramer(PacketLimits limits, WireVersion version, PacketValidator validator) {
        this.limits = limits;
        this.version = version;
        this.validator = validator;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (failed) {
            in.skipBytes(in.readableBytes());
            return;
        }
        try {
            frame(ctx, in);
        } catch (ProtocolViolation violation) {
            failed = true;
            in.skipBytes(in.readableBytes());
            throw violation;
        }
    }

    private void frame(ChannelHandlerContext ctx, ByteBuf in) {
        int start = in.readerIndex();
        int readable = in.readableBytes();
        if (readable == 0) {
            return;
        }
        int first = in.getUnsignedByte(start);
        if (!connectSeen && first != CONNECT_FIRST_BYTE) {
            throw new ProtocolViolation(ReasonCode.PROTOCOL_ERROR, "the first packet is not an MQTT CONNECT");
        }
        int remaining = 0;
        int digits = 0;
        int digit;
        do {
            if (digits == MAX_LENGTH_DIGITS) {
                throw new ProtocolViolation(ReasonCode.MALFORMED_PACKET, "remaining length of more than 4 bytes");
            }
            if (readable < 2 + digits) {
                return;
            }
            digit = in.getUnsignedByte(start + 1 + digits);
            remaining |= (digit & 0x7F) << (7 * digits);
            digits++;
        } while ((digit & 0x80) != 0);

        int headerBytes = 1 + digits;
        if (!connectSeen) {
            peekVersion(in, start + headerBytes, Math.min(remaining, readable - headerBytes));
        }
        int limit = limits.forType(first >> 4);
        if (remaining > limit - headerBytes) {
            throw new ProtocolViolation(
                    ReasonCode.PACKET_TOO_LARGE,
                    "packet of " + ((long) remaining + headerBytes) + " bytes; at most " + limit);
        }
        if (readable < headerBytes + remaining) {
            return;
        }
        PacketRules.check(in, start, headerBytes, remaining, version);
        connectSeen = true;
        validator.expectMessage();
        ctx.fireChannelRead(in.readRetainedSlice(headerBytes + remaining));
        validator.requireMessage();
    }

    /** Protocol name and level lie at a fixed place: two length bytes, MQTT or MQIsdp, level (MQTT 5 §3.1.2.1). */
    private void peekVersion(ByteBuf in, int index, int available) {
        if (available < 2) {
            return;
        }
        int nameLength = in.getUnsignedShort(index);
        if (nameLength != 4 && nameLength != 6) {
            throw new ProtocolViolation(ReasonCode.PROTOCOL_ERROR, "the first packet is not an MQTT CONNECT");
        }
        if (available > 2 + nameLength) {
            int level = in.getUnsignedByte(index + 2 + nameLength);
            version.level(level);
            if (level < OLDEST_LEVEL || level > NEWEST_LEVEL) { // MQTT-3.1.2-2
                throw new ProtocolViolation(
                        ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, "protocol level " + level + " is not supported");
            }
        }
    }
}
