package io.polylog.amqp.engine;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.security.SaslFrameBody;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.apache.qpid.proton.amqp.transport.ConnectionError;
import org.apache.qpid.proton.amqp.transport.FrameBody;
import org.jspecify.annotations.Nullable;

/**
 * Cuts bytes into protocol headers and frames (AMQP 1.0 part 2, §2.3) and decodes the frames' bodies. A frame's size is
 * checked when its first four bytes are there, so no more than one frame of the allowed size is ever gathered:
 *
 * <pre>
 * 0 uint32 size, this header included    5 uint8  type: 0 AMQP, 1 SASL
 * 4 uint8  data offset in 4-byte words   6 uint16 channel
 * </pre>
 *
 * <p>Owned by the channel's event loop. Each input is handled before the next is decoded, so {@link #expectGreeting} and
 * {@link #maxFrameBytes} take effect on the very next byte.
 */
final class WireDecoder extends ByteToMessageDecoder {
    /** Before the peer's open: enough for any SASL frame or open. */
    static final int MAX_FRAME_BYTES_BEFORE_OPEN = 8 * 1024;

    private static final int FRAME_HEADER_BYTES = 8;
    private static final int GREETING_BYTES = 8;
    private static final int AMQP_MAGIC = 0x414d5150;
    private static final int VERSION_1_0_0 = 0x010000;

    private enum Expecting {
        GREETING,
        SASL_FRAMES,
        AMQP_FRAMES,
        NOTHING
    }

    private Expecting expecting = Expecting.GREETING;
    private int maxFrameBytes = MAX_FRAME_BYTES_BEFORE_OPEN;

    /** The security layer is done: a new protocol header comes next. */
    void expectGreeting() {
        expecting = Expecting.GREETING;
    }

    /** Throws away whatever else arrives. */
    void expectNothing() {
        expecting = Expecting.NOTHING;
    }

    void maxFrameBytes(int bytes) {
        maxFrameBytes = bytes;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        WireInput input = switch (expecting) {
            case GREETING -> greeting(in);
            case SASL_FRAMES, AMQP_FRAMES -> frame(in);
            case NOTHING -> {
                in.skipBytes(in.readableBytes());
                yield null;
            }
        };
        if (input != null) {
            out.add(input);
        }
    }

    private WireInput.@Nullable Greeting greeting(ByteBuf in) {
        boolean foreignStart = in.readableBytes() >= Integer.BYTES && in.getInt(in.readerIndex()) != AMQP_MAGIC;
        if (!foreignStart && in.readableBytes() < GREETING_BYTES) {
            return null;
        }
        if (foreignStart) {
            return foreign(in);
        }
        in.skipBytes(Integer.BYTES);
        int protocol = in.readUnsignedByte();
        int version = in.readUnsignedMedium();
        if (version == VERSION_1_0_0 && protocol == 0) {
            expecting = Expecting.AMQP_FRAMES;
            return WireInput.Greeting.AMQP;
        } else if (version == VERSION_1_0_0 && protocol == 3) {
            expecting = Expecting.SASL_FRAMES;
            return WireInput.Greeting.SASL;
        }
        return foreign(in);
    }

    private WireInput.Greeting foreign(ByteBuf in) {
        expecting = Expecting.NOTHING;
        in.skipBytes(in.readableBytes());
        return WireInput.Greeting.FOREIGN;
    }

    private @Nullable WireInput frame(ByteBuf in) {
        if (in.readableBytes() < Integer.BYTES) {
            return null;
        }
        int start = in.readerIndex();
        long size = in.getUnsignedInt(start);
        if (size < FRAME_HEADER_BYTES) {
            return framingFault("a frame of " + size + " bytes is shorter than its header");
        }
        if (size > maxFrameBytes) {
            return framingFault("a frame of " + size + " bytes exceeds the limit of " + maxFrameBytes);
        }
        if (in.readableBytes() < size) {
            return null;
        }
        int dataOffset = in.getUnsignedByte(start + 4) * 4;
        int type = in.getUnsignedByte(start + 5);
        int channel = in.getUnsignedShort(start + 6);
        if (dataOffset < FRAME_HEADER_BYTES || dataOffset > size) {
            return framingFault("a frame's data offset of " + dataOffset + " lies outside the frame");
        }
        int expectedType = expecting == Expecting.SASL_FRAMES ? 1 : 0;
        if (type != expectedType) {
            return framingFault("a frame of type " + type + " where type " + expectedType + " is expected");
        }
        ByteBuffer body = in.nioBuffer(start + dataOffset, (int) size - dataOffset);
        in.skipBytes((int) size);
        return type == 1 ? sasl(body) : amqp(channel, body);
    }

    private WireInput sasl(ByteBuffer bytes) {
        SaslFrameBody body = PerformativeCodec.local().sasl(bytes);
        return body == null ? decodeFault() : new WireInput.SaslFrame(body);
    }

    private WireInput amqp(int channel, ByteBuffer bytes) {
        if (!bytes.hasRemaining()) {
            return WireInput.Heartbeat.BEAT;
        }
        int start = bytes.position();
        FrameBody body = PerformativeCodec.local().performative(bytes);
        if (body == null) {
            return decodeFault();
        }
        int bodyBytes = bytes.position() - start;
        if (!bytes.hasRemaining()) {
            return new WireInput.AmqpFrame(channel, body, bodyBytes, null);
        }
        byte[] payload = new byte[bytes.remaining()];
        bytes.get(payload);
        return new WireInput.AmqpFrame(channel, body, bodyBytes, new Binary(payload));
    }

    private WireInput decodeFault() {
        return fault(AmqpError.DECODE_ERROR, "the body of a frame cannot be decoded");
    }

    private WireInput framingFault(String sentence) {
        return fault(ConnectionError.FRAMING_ERROR, sentence);
    }

    private WireInput fault(Symbol condition, String sentence) {
        expecting = Expecting.NOTHING;
        return new WireInput.Fault(condition, sentence);
    }
}
