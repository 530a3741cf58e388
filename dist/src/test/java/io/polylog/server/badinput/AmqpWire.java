package io.polylog.server.badinput;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.FrameBody;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.codec.AMQPDefinedTypes;
import org.apache.qpid.proton.codec.DecoderImpl;
import org.apache.qpid.proton.codec.EncoderImpl;

/** AMQP 1.0's frames as bytes, and back. */
final class AmqpWire {

    static final byte[] HEADER = {'A', 'M', 'Q', 'P', 0, 1, 0, 0};
    static final byte[] SASL_HEADER = {'A', 'M', 'Q', 'P', 3, 1, 0, 0};

    private static final int FRAME_HEADER_BYTES = 8;
    private static final int MOST_BYTES = 128 * 1024;
    private static final DecoderImpl DECODER = new DecoderImpl();
    private static final EncoderImpl ENCODER = new EncoderImpl(DECODER);

    static {
        AMQPDefinedTypes.registerAllTypes(DECODER, ENCODER);
    }

    private AmqpWire() {}

    /** A frame on channel 0. */
    static byte[] frame(FrameBody body, byte... payload) {
        return frame(0, body, payload);
    }

    static byte[] frame(int channel, FrameBody body, byte... payload) {
        return frame(channel, join(encode(body), payload));
    }

    /** A frame whose body is those bytes, whatever they are. */
    static byte[] frame(int channel, byte[] body) {
        int size = FRAME_HEADER_BYTES + body.length;
        return join(head(size, 2, 0, channel), body);
    }

    static byte[] head(int size, int dataOffset, int type, int channel) {
        return ByteBuffer.allocate(FRAME_HEADER_BYTES)
                .putInt(size)
                .put((byte) dataOffset)
                .put((byte) type)
                .putShort((short) channel)
                .array();
    }

    static byte[] encode(Object value) {
        ByteBuffer bytes = ByteBuffer.allocate(MOST_BYTES);
        ENCODER.setByteBuffer(bytes);
        ENCODER.writeObject(value);
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** The header, and an open from a container of that name. */
    static byte[] openOf(String container) {
        Open open = new Open();
        open.setContainerId(container);
        return join(HEADER, frame(open));
    }

    static Begin begin() {
        Begin begin = new Begin();
        begin.setNextOutgoingId(UnsignedInteger.ZERO);
        begin.setIncomingWindow(UnsignedInteger.valueOf(1000));
        begin.setOutgoingWindow(UnsignedInteger.valueOf(1000));
        return begin;
    }

    /** A link of that name, on the handle 0. */
    static Attach attach(Role role, String name, String address) {
        Source source = new Source();
        Target target = new Target();
        if (role == Role.SENDER) {
            target.setAddress(address);
        } else {
            source.setAddress(address);
        }
        Attach attach = new Attach();
        attach.setName(name);
        attach.setHandle(UnsignedInteger.ZERO);
        attach.setRole(role);
        attach.setSource(source);
        attach.setTarget(target);
        attach.setInitialDeliveryCount(UnsignedInteger.ZERO);
        return attach;
    }

    /** Greets and opens. */
    static void open(Stranger stranger) throws IOException {
        stranger.send(openOf("stranger"));
        stranger.hear(HEADER.length);
        hear(stranger, Open.class);
    }

    /** Opens and begins the session on channel 0. */
    static void begin(Stranger stranger) throws IOException {
        open(stranger);
        stranger.send(frame(begin()));
        hear(stranger, Begin.class);
    }

    /** Opens, begins and attaches a link of that name on the handle 0. */
    static void attach(Stranger stranger, Role role, String address) throws IOException {
        begin(stranger);
        stranger.send(frame(attach(role, "link", address)));
        hear(stranger, Attach.class);
    }

    /** Sends all of a delivery in one transfer on the handle 0. */
    static Transfer transfer(int deliveryId) {
        Transfer transfer = new Transfer();
        transfer.setHandle(UnsignedInteger.ZERO);
        transfer.setDeliveryId(UnsignedInteger.valueOf(deliveryId));
        transfer.setDeliveryTag(new Binary(new byte[] {(byte) deliveryId}));
        return transfer;
    }

    /** The next performative; heartbeats are stepped over. */
    static FrameBody hear(Stranger stranger) throws IOException {
        while (true) {
            byte[] frame = stranger.hear(stranger.hearInt() - Integer.BYTES);
            if (frame.length > Integer.BYTES) {
                return decode(ByteBuffer.wrap(frame, Integer.BYTES, frame.length - Integer.BYTES));
            }
        }
    }

    /** The next frame of the security layer: its body as it stands. */
    static byte[] hearSasl(Stranger stranger) throws IOException {
        byte[] frame = stranger.hear(stranger.hearInt() - Integer.BYTES);
        return Arrays.copyOfRange(frame, Integer.BYTES, frame.length);
    }

    static <T extends FrameBody> T hear(Stranger stranger, Class<T> type) throws IOException {
        while (true) {
            FrameBody body = hear(stranger);
            if (type.isInstance(body)) {
                return type.cast(body);
            }
        }
    }

    /** Reads a performative from the buffer. */
    static FrameBody decode(ByteBuffer bytes) {
        DECODER.setByteBuffer(bytes.slice());
        return (FrameBody) DECODER.readObject();
    }
}
