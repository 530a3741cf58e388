package io.polylog.amqp;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.FrameBody;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.codec.AMQPDefinedTypes;
import org.apache.qpid.proton.codec.DecoderImpl;
import org.apache.qpid.proton.codec.EncoderImpl;

/** A client that says frame by frame what a test wants said, right or wrong. One thread. */
final class RawClient implements AutoCloseable {
    static final byte[] AMQP_HEADER = {'A', 'M', 'Q', 'P', 0, 1, 0, 0};

    private static final int READ_TIMEOUT_MS = 10_000;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final DecoderImpl decoder = new DecoderImpl();

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(READ_TIMEOUT_MS);
        this.in = new DataInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
        AMQPDefinedTypes.registerAllTypes(decoder, new EncoderImpl(decoder));
    }

    static RawClient connect(int port) throws IOException {
        return new RawClient(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    void send(byte... bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    void send(int channel, FrameBody body, byte... payload) throws IOException {
        send(frame(channel, body, payload));
    }

    static byte[] frame(int channel, FrameBody body, byte... payload) {
        DecoderImpl ownDecoder = new DecoderImpl();
        EncoderImpl encoder = new EncoderImpl(ownDecoder);
        AMQPDefinedTypes.registerAllTypes(ownDecoder, encoder);
        ByteBuffer frame = ByteBuffer.allocate(64 * 1024);
        frame.position(8);
        encoder.setByteBuffer(frame);
        encoder.writeObject(body);
        frame.put(payload);
        frame.putInt(0, frame.position()).put(4, (byte) 2).put(5, (byte) 0).putShort(6, (short) channel);
        return Arrays.copyOf(frame.array(), frame.position());
    }

    byte[] readHeader() throws IOException {
        byte[] header = new byte[8];
        in.readFully(header);
        return header;
    }

    /** The next frame's performative; heartbeats are stepped over. */
    FrameBody read() throws IOException {
        while (true) {
            byte[] frame = new byte[in.readInt() - 4];
            in.readFully(frame);
            if (frame.length > 4) {
                decoder.setByteBuffer(
                        ByteBuffer.wrap(frame, 4, frame.length - 4).slice());
                return (FrameBody) decoder.readObject();
            }
        }
    }

    <T extends FrameBody> T read(Class<T> type) throws IOException {
        while (true) {
            FrameBody body = read();
            if (type.isInstance(body)) {
                return type.cast(body);
            }
        }
    }

    /** Every frame until the other side ends the connection. */
    List<FrameBody> readToEnd() throws IOException {
        List<FrameBody> frames = new ArrayList<>();
        try {
            while (true) {
                frames.add(read());
            }
        } catch (EOFException end) {
            return frames;
        }
    }

    /** Whether the other side ends the connection without another byte. */
    boolean atEnd() throws IOException {
        return in.read() < 0;
    }

    void open() throws IOException {
        send(AMQP_HEADER);
        send(0, opening());
        readHeader();
        read(Open.class);
    }

    private static Open opening() {
        Open open = new Open();
        open.setContainerId("raw");
        return open;
    }

    void begin() throws IOException {
        send(0, beginning());
        read(Begin.class);
    }

    private static Begin beginning() {
        Begin begin = new Begin();
        begin.setNextOutgoingId(UnsignedInteger.ZERO);
        begin.setIncomingWindow(UnsignedInteger.valueOf(1000));
        begin.setOutgoingWindow(UnsignedInteger.valueOf(1000));
        return begin;
    }

    Attach attachReceiver(String address) throws IOException {
        return attach(Role.RECEIVER, source(address), new Target());
    }

    private static Source source(String address) {
        Source source = new Source();
        source.setAddress(address);
        return source;
    }

    Attach attachSender(String address) throws IOException {
        Target target = new Target();
        target.setAddress(address);
        return attach(Role.SENDER, new Source(), target);
    }

    Attach attach(Role role, Source source, Target target) throws IOException {
        send(0, attaching(role, source, target));
        return read(Attach.class);
    }

    private static Attach attaching(Role role, Source source, Target target) {
        Attach attach = new Attach();
        attach.setName("link");
        attach.setHandle(UnsignedInteger.ZERO);
        attach.setRole(role);
        attach.setSource(source);
        attach.setTarget(target);
        attach.setInitialDeliveryCount(UnsignedInteger.ZERO);
        return attach;
    }

    void credit(int credit) throws IOException {
        send(0, crediting(credit));
    }

    private static Flow crediting(int credit) {
        Flow flow = new Flow();
        flow.setNextIncomingId(UnsignedInteger.ZERO);
        flow.setIncomingWindow(UnsignedInteger.valueOf(1000));
        flow.setNextOutgoingId(UnsignedInteger.ZERO);
        flow.setOutgoingWindow(UnsignedInteger.valueOf(1000));
        flow.setHandle(UnsignedInteger.ZERO);
        flow.setDeliveryCount(UnsignedInteger.ZERO);
        flow.setLinkCredit(UnsignedInteger.valueOf(credit));
        return flow;
    }

    /** Asks for messages and ends the connection by what is no frame, all in one breath. */
    void receiveInPassing(String address, int credit) throws IOException {
        ByteBuffer breath = ByteBuffer.allocate(64 * 1024)
                .put(AMQP_HEADER)
                .put(frame(0, opening()))
                .put(frame(0, beginning()))
                .put(frame(0, attaching(Role.RECEIVER, source(address), new Target())))
                .put(frame(0, crediting(credit)))
                .putLong(0);
        send(Arrays.copyOf(breath.array(), breath.position()));
        readHeader();
        readToEnd();
    }

    Transfer awaitTransfer() throws IOException {
        return read(Transfer.class);
    }

    @Override
    public void close() throws IOException {
        socket.setSoLinger(true, 0); // a reset, as when a process is killed
        socket.close();
    }
}
