package io.polylog.kafka.codec;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Cuts the byte stream into requests: a four-byte big-endian length, then that many bytes. Passes each request on as a
 * heap {@link ByteBuffer} over an array of its exact size, which the receiver owns: produced batches are cut from it
 * without another copy.
 *
 * <p>The length is checked before anything is allocated. Memory follows the bytes that have arrived: at most {@link
 * #FIRST_CHUNK_BYTES} or four times what is there, so that a header alone claims nothing. A connection is held to
 * {@link #MAX_FIRST_FRAME_BYTES} until its first request has been understood; other protocols' greetings, read as a
 * length, lie far beyond every limit (the smallest, an MQTT CONNECT, reads as 256 MiB).
 *
 * <p>Owned by the connection's event loop. A bad length is passed on as {@link MalformedRequestException} and whatever
 * follows is dropped.
 */
public final class FrameDecoder extends ChannelInboundHandlerAdapter {

    /** Longest frame before the first request is understood: 512 KiB; a first request is a few hundred bytes. */
    public static final int MAX_FIRST_FRAME_BYTES = 512 << 10;

    /** What a length header alone may claim. */
    static final int FIRST_CHUNK_BYTES = 64 << 10;

    private static final int GROWTH = 4;
    private static final int LENGTH_BYTES = 4;

    /** What TLS begins with: record type 22, major version 3. */
    private static final int TLS_HANDSHAKE = 0x1603;

    private static final byte[] NONE = {};

    private final int maxFrameBytes;
    private final RequestMemory memory;
    private int limit;

    private int header;
    private int headerBytes;
    private int length;
    private byte[] frame = NONE;
    private int received;
    /** Announced bytes for which the shared memory has been asked, and not given back yet. */
    private int admitted;

    private long requests;
    private int resumptions;
    private boolean understood;
    private boolean failed;

    /**
     * How far the gathering of requests has come.
     *
     * @param requests that have come whole
     * @param resumptions how often reading was taken up again
     * @param gathering whether part of another request is there
     * @param bytes of that part, without its length field
     */
    public record Progress(long requests, int resumptions, boolean gathering, int bytes) {

        public static final Progress NONE = new Progress(0, 0, false, 0);

        /** Whether a request has not grown by {@code leastBytes} since, although it was being read all the time. */
        public boolean isStuckSince(Progress earlier, int leastBytes) {
            return gathering
                    && earlier.gathering
                    && requests == earlier.requests
                    && resumptions == earlier.resumptions
                    && bytes - earlier.bytes < leastBytes;
        }
    }

    /**
     * @param maxFrameBytes longest frame, without its length field
     * @param memory shared by the connections of a listener
     */
    public FrameDecoder(int maxFrameBytes, RequestMemory memory) {
        this.maxFrameBytes = maxFrameBytes;
        this.memory = memory;
        this.limit = Math.min(maxFrameBytes, MAX_FIRST_FRAME_BYTES);
    }

    /** Longest frame of a peer that has not proved yet who it is: 64 KiB, more than any token needs. */
    public static final int MAX_STRANGER_FRAME_BYTES = 64 << 10;

    /** The peer has to prove who it is before it is understood, and is held to what that takes. */
    public void expectStranger() {
        limit = Math.min(limit, MAX_STRANGER_FRAME_BYTES);
    }

    /** Whether {@link #peerUnderstood} has been said. */
    public boolean isPeerUnderstood() {
        return understood;
    }

    /** The peer speaks Kafka: from now on frames may be as long as configured. */
    public void peerUnderstood() {
        limit = maxFrameBytes;
        understood = true;
    }

    /** The connection is read again after a pause that was not the peer's doing. */
    public void resumed() {
        resumptions++;
    }

    public Progress progress() {
        return new Progress(requests, resumptions, headerBytes > 0, headerBytes < LENGTH_BYTES ? 0 : received);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            while (in.isReadable() && !failed) {
                if (headerBytes < LENGTH_BYTES) {
                    readHeader(context, in);
                } else {
                    readBody(context, in);
                }
            }
        } finally {
            ReferenceCountUtil.release(in);
        }
    }

    /** The connection is gone, and with it whatever was half gathered. */
    @Override
    public void channelInactive(ChannelHandlerContext context) {
        failed = true;
        giveBack();
        context.fireChannelInactive();
    }

    private void giveBack() {
        frame = NONE;
        if (admitted > 0) {
            memory.gathered(admitted);
            admitted = 0;
        }
    }

    private void readHeader(ChannelHandlerContext context, ByteBuf in) {
        header = (header << 8) | in.readUnsignedByte();
        headerBytes++;
        if (headerBytes < LENGTH_BYTES) {
            return;
        }
        length = header;
        if (length <= 0 || length > limit) {
            failed = true;
            context.fireExceptionCaught(new MalformedRequestException(
                    length >>> 16 == TLS_HANDSHAKE
                            ? "a TLS handshake on a port that speaks plainly"
                            : "request length " + length + "; accepted are 1 to " + limit));
            return;
        }
        if (length > RequestMemory.LARGE_FRAME_BYTES) {
            if (!memory.admit(length)) {
                failed = true;
                context.fireExceptionCaught(new MalformedRequestException(
                        "request of " + length + " bytes while other connections send as large ones"));
                return;
            }
            admitted = length;
        }
        frame = new byte[Math.min(length, FIRST_CHUNK_BYTES)];
        received = 0;
    }

    private void readBody(ChannelHandlerContext context, ByteBuf in) {
        if (received == frame.length) {
            frame = Arrays.copyOf(frame, (int) Math.min(length, (long) frame.length * GROWTH));
        }
        int count = Math.min(in.readableBytes(), frame.length - received);
        in.readBytes(frame, received, count);
        received += count;
        if (received == length) {
            ByteBuffer complete = ByteBuffer.wrap(frame);
            giveBack();
            headerBytes = 0;
            header = 0;
            requests++;
            context.fireChannelRead(complete);
        }
    }
}
