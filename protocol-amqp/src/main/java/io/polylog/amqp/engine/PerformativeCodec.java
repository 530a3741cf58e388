package io.polylog.amqp.engine;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.nio.ByteBuffer;
import org.apache.qpid.proton.amqp.security.SaslFrameBody;
import org.apache.qpid.proton.amqp.transport.FrameBody;
import org.apache.qpid.proton.codec.AMQPDefinedTypes;
import org.apache.qpid.proton.codec.DecoderImpl;
import org.apache.qpid.proton.codec.EncoderImpl;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the bodies of frames and encodes those of the security layer, with Proton's codec and its limits on nesting
 * and on arrays of nothing.
 *
 * <p>Costly to make and without state between calls, so each event loop has one, shared by its connections.
 */
final class PerformativeCodec {
    private static final int MAX_DEPTH = 32;
    private static final int MAX_SASL_DEPTH = 2;

    private static final FastThreadLocal<PerformativeCodec> LOCAL = new FastThreadLocal<>() {
        @Override
        protected PerformativeCodec initialValue() {
            return new PerformativeCodec();
        }
    };

    private final DecoderImpl decoder = new DecoderImpl();
    private final DecoderImpl saslDecoder = new DecoderImpl(true);
    private final EncoderImpl saslEncoder = new EncoderImpl(saslDecoder, true);

    private PerformativeCodec() {
        AMQPDefinedTypes.registerAllTypes(decoder, new EncoderImpl(decoder));
        decoder.setMaxDecodeDepth(MAX_DEPTH);
        decoder.setZeroWidthArrayElementLimit(0);
        AMQPDefinedTypes.registerSecurityTypes(saslDecoder, saslEncoder);
        saslDecoder.setMaxDecodeDepth(MAX_SASL_DEPTH);
        saslDecoder.setZeroWidthArrayElementLimit(0);
    }

    static PerformativeCodec local() {
        return LOCAL.get();
    }

    /**
     * Reads a performative and moves the buffer's position behind it.
     *
     * @return null if the bytes are anything else
     */
    @Nullable
    FrameBody performative(ByteBuffer frame) {
        return read(decoder, frame) instanceof FrameBody body ? body : null;
    }

    /**
     * @return null if the bytes are no frame of the security layer
     */
    @Nullable
    SaslFrameBody sasl(ByteBuffer frame) {
        return read(saslDecoder, frame) instanceof SaslFrameBody body ? body : null;
    }

    private static @Nullable Object read(DecoderImpl decoder, ByteBuffer frame) {
        decoder.setByteBuffer(frame);
        try {
            return decoder.readObject();
        } catch (RuntimeException malformed) {
            // Proton reports malformed input with several exceptions of the runtime; all of them mean the same here.
            return null;
        } finally {
            decoder.setByteBuffer((ByteBuffer) null);
        }
    }

    /** Appends a frame of the security layer (part 5, §5.3.1) to {@code out}. */
    void writeSasl(SaslFrameBody body, ByteBuf out) {
        ByteBuffer encoded = ByteBuffer.allocate(512);
        saslEncoder.setByteBuffer(encoded);
        saslEncoder.writeObject(body);
        saslEncoder.setByteBuffer((ByteBuffer) null);
        encoded.flip();
        out.writeInt(8 + encoded.remaining());
        out.writeByte(2);
        out.writeByte(1);
        out.writeShort(0);
        out.writeBytes(encoded);
    }
}
