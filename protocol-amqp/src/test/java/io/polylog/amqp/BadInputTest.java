package io.polylog.amqp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.testkit.TestGateway;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.FrameBody;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a peer may do wrong: its connection is closed with the protocol's own error, and another beside it goes on. */
class BadInputTest {
    @TempDir
    Path directory;

    private TestGateway gateway;
    private RawClient beside;

    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.start(directory, new AmqpAdapterFactory());
        beside = RawClient.connect(gateway.port("amqp"));
        beside.open();
        beside.begin();
        beside.attachSender("beside");
        beside.read(Flow.class);
    }

    @AfterEach
    void stop() throws Exception {
        transfer(beside, 0, 0);
        assertThat(beside.read(Disposition.class).getSettled()).isTrue();
        beside.close();
        gateway.close();
    }

    private static void transfer(RawClient client, int handle, int deliveryId) throws IOException {
        Transfer transfer = new Transfer();
        transfer.setHandle(UnsignedInteger.valueOf(handle));
        transfer.setDeliveryId(UnsignedInteger.valueOf(deliveryId));
        transfer.setDeliveryTag(new Binary(new byte[] {(byte) deliveryId}));
        client.send(0, transfer, (byte) 0, (byte) 0x53, (byte) 0x75, (byte) 0xa0, (byte) 1, (byte) 'x');
    }

    private RawClient connect() throws IOException {
        return RawClient.connect(gateway.port("amqp"));
    }

    private RawClient opened() throws IOException {
        RawClient client = connect();
        client.open();
        return client;
    }

    private static void assertClosedWith(RawClient client, String condition) throws IOException {
        List<FrameBody> frames = client.readToEnd();
        assertThat(frames).isNotEmpty();
        Close close = (Close) frames.get(frames.size() - 1);
        assertThat(close.getError().getCondition().toString()).isEqualTo(condition);
        assertThat(close.getError().getDescription()).isNotBlank();
        client.close();
    }

    static Stream<byte[]> greetings() {
        return Stream.of(
                new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1},
                new byte[] {'A', 'M', 'Q', 'P', 2, 1, 0, 0},
                new byte[] {'A', 'M', 'Q', 'P', 0, 2, 0, 0},
                "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII),
                new byte[] {0, 0, 0, 30, 0, 18, 0, 4, 0, 0, 0, 1},
                new byte[] {16, 20, 0, 4, 'M', 'Q', 'T', 'T', 5, 2, 0, 60, 0, 0, 0},
                random(4096));
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(11).nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @MethodSource("greetings")
    void foreignGreetingIsAnsweredWithOurHeader(byte[] greeting) throws Exception {
        RawClient client = connect();
        client.send(greeting);
        assertThat(client.readHeader()).isEqualTo(RawClient.AMQP_HEADER);
        assertThat(client.atEnd()).isTrue();
        client.close();
    }

    static Stream<byte[]> brokenFrames() {
        return Stream.of(
                frame(7, 2, 0), // shorter than its header
                frame(0, 2, 0),
                frame(0x7fffffff, 2, 0),
                frame(-1, 2, 0),
                frame(9000, 2, 0), // beyond the limit before open
                frame(16, 1, 0), // data offset within the header
                frame(16, 200, 0), // data offset behind the frame
                frame(16, 2, 1), // a frame of the security layer
                frame(16, 2, 77));
    }

    private static byte[] frame(int size, int dataOffset, int type) {
        ByteBuffer frame = ByteBuffer.allocate(16);
        frame.putInt(size).put((byte) dataOffset).put((byte) type).putShort((short) 0);
        return frame.array();
    }

    @ParameterizedTest
    @MethodSource("brokenFrames")
    void brokenFrameBeforeOpenIsAFramingError(byte[] frame) throws Exception {
        RawClient client = connect();
        client.send(RawClient.AMQP_HEADER);
        client.send(frame);
        client.readHeader();
        assertClosedWith(client, "amqp:connection:framing-error");
    }

    @Test
    void frameBeyondTheAnnouncedSizeIsAFramingError() throws Exception {
        RawClient client = opened();
        client.send(frame(128 * 1024 + 1, 2, 0));
        assertClosedWith(client, "amqp:connection:framing-error");
    }

    @Test
    void bodyThatIsNoPerformativeIsADecodeError() throws Exception {
        for (byte[] body : List.of(new byte[] {0x40}, new byte[] {0, 0x53, 0x10, (byte) 0xc0, 99, 1}, random(200))) {
            RawClient client = opened();
            ByteBuffer frame = ByteBuffer.allocate(8 + body.length);
            frame.putInt(frame.capacity())
                    .put((byte) 2)
                    .put((byte) 0)
                    .putShort((short) 0)
                    .put(body);
            client.send(frame.array());
            assertClosedWith(client, "amqp:decode-error");
        }
    }

    @Test
    void frameBeforeOpenIsRefused() throws Exception {
        RawClient client = connect();
        client.send(RawClient.AMQP_HEADER);
        client.send(0, new End());
        client.readHeader();
        assertClosedWith(client, "amqp:illegal-state");
    }

    @Test
    void secondOpenIsRefused() throws Exception {
        RawClient client = opened();
        Open open = new Open();
        open.setContainerId("again");
        client.send(0, open);
        assertClosedWith(client, "amqp:illegal-state");
    }

    @Test
    void frameOnAChannelWithoutSessionIsRefused() throws Exception {
        for (FrameBody body : List.of(flow(0), detach(0), new End(), disposition())) {
            RawClient client = opened();
            client.send(3, body);
            assertClosedWith(client, "amqp:illegal-state");
        }
    }

    @Test
    void frameForAHandleWithoutLinkIsRefused() throws Exception {
        for (FrameBody body : List.of(flow(5), detach(5))) {
            RawClient client = opened();
            client.begin();
            client.send(0, body);
            assertClosedWith(client, "amqp:session:unattached-handle");
        }
    }

    @Test
    void transferWithoutAttachIsRefused() throws Exception {
        RawClient client = opened();
        client.begin();
        transfer(client, 0, 0);
        assertClosedWith(client, "amqp:session:unattached-handle");
    }

    @Test
    void transferWithoutTagIsRefused() throws Exception {
        RawClient client = opened();
        client.begin();
        client.attachSender("orders");
        Transfer transfer = new Transfer();
        transfer.setHandle(UnsignedInteger.ZERO);
        client.send(0, transfer);
        assertClosedWith(client, "amqp:invalid-field");
    }

    @Test
    void deliveryIdOutOfOrderIsRefused() throws Exception {
        RawClient client = opened();
        client.begin();
        client.attachSender("orders");
        transfer(client, 0, 0);
        transfer(client, 0, 9);
        assertClosedWith(client, "amqp:invalid-field");
    }

    @Test
    void deliveryWithinAnotherIsRefused() throws Exception {
        RawClient client = opened();
        client.begin();
        client.attachSender("orders");
        Transfer part = new Transfer();
        part.setHandle(UnsignedInteger.ZERO);
        part.setDeliveryId(UnsignedInteger.ZERO);
        part.setDeliveryTag(new Binary(new byte[] {0}));
        part.setMore(true);
        client.send(0, part, (byte) 0);
        transfer(client, 0, 1);
        assertClosedWith(client, "amqp:not-allowed");
    }

    @Test
    void dispositionOfABackwardRangeIsRefused() throws Exception {
        for (int last : new int[] {4, -1, Integer.MIN_VALUE + 5}) {
            RawClient client = opened();
            client.begin();
            Disposition disposition = disposition();
            disposition.setFirst(UnsignedInteger.valueOf(5));
            disposition.setLast(UnsignedInteger.valueOf(last));
            client.send(0, disposition);
            assertClosedWith(client, "amqp:not-allowed");
        }
    }

    @Test
    void transferTheWrongWayIsRefused() throws Exception {
        RawClient client = opened();
        client.begin();
        client.attachReceiver("orders");
        transfer(client, 0, 0);
        assertClosedWith(client, "amqp:not-allowed");
    }

    @Test
    void handleInUseIsRefused() throws Exception {
        RawClient client = opened();
        client.begin();
        client.attachSender("orders");
        client.send(0, attach("other", 0));
        assertClosedWith(client, "amqp:session:handle-in-use");
    }

    @Test
    void channelAndHandleBeyondTheMaximumAreFramingErrors() throws Exception {
        RawClient client = opened();
        Begin begin = new Begin();
        begin.setNextOutgoingId(UnsignedInteger.ZERO);
        begin.setIncomingWindow(UnsignedInteger.ONE);
        begin.setOutgoingWindow(UnsignedInteger.ONE);
        client.send(5000, begin);
        assertClosedWith(client, "amqp:connection:framing-error");
        RawClient other = opened();
        other.begin();
        other.send(0, attach("far", 1 << 20));
        assertClosedWith(other, "amqp:connection:framing-error");
    }

    @Test
    void peerThatDoesNotLookAtItsCreditIsServedOrDetached() throws Exception {
        RawClient client = opened();
        client.begin();
        client.attachSender("orders");
        for (int i = 0; i <= 400; i++) {
            transfer(client, 0, i);
        }
        client.send(0, detach(0));
        assertThat(client.read(Detach.class).getHandle()).isEqualTo(UnsignedInteger.ZERO);
        client.close();
    }

    @Test
    void peerThatOverrunsItsWindowIsRefused() throws Exception {
        RawClient client = opened();
        client.begin();
        client.attachSender("orders");
        Transfer part = new Transfer();
        part.setHandle(UnsignedInteger.ZERO);
        part.setDeliveryId(UnsignedInteger.ZERO);
        part.setDeliveryTag(new Binary(new byte[] {0}));
        part.setMore(true);
        ByteArrayOutputStream burst = new ByteArrayOutputStream();
        byte[] frame = RawClient.frame(0, part);
        for (int i = 0; i < 20_000; i++) {
            burst.write(frame);
        }
        try {
            client.send(burst.toByteArray());
            assertClosedWith(client, "amqp:session:window-violation");
        } catch (SocketException reset) {
            client.close(); // closed before everything was written, which serves as well
        }
    }

    @Test
    void refusedAttachIsAnsweredAndThenDetached() throws Exception {
        RawClient client = opened();
        client.begin();
        Target target = new Target();
        target.setAddress("/exchanges/e/rk");
        Attach answer = client.attach(Role.SENDER, new Source(), target);
        assertThat(answer.getTarget()).isNull();
        assertThat(answer.getSource()).isNotNull();
        Detach detach = (Detach) client.read();
        assertThat(detach.getClosed()).isTrue();
        assertThat(detach.getError().getCondition().toString()).isEqualTo("amqp:not-implemented");
        client.close();
    }

    @Test
    void malformedMessageIsRejectedAndTheLinkGoesOn() throws Exception {
        RawClient client = opened();
        client.begin();
        client.attachSender("orders");
        Transfer transfer = new Transfer();
        transfer.setHandle(UnsignedInteger.ZERO);
        transfer.setDeliveryId(UnsignedInteger.ZERO);
        transfer.setDeliveryTag(new Binary(new byte[] {0}));
        client.send(0, transfer, random(100));
        Disposition rejected = client.read(Disposition.class);
        assertThat(rejected.getState().toString()).contains("amqp:decode-error");
        transfer(client, 0, 1);
        assertThat(client.read(Disposition.class).getState().toString()).startsWith("Accepted");
        client.close();
    }

    @Test
    void abortedDeliveryIsForgotten() throws Exception {
        RawClient client = opened();
        client.begin();
        client.attachSender("orders");
        Transfer first = new Transfer();
        first.setHandle(UnsignedInteger.ZERO);
        first.setDeliveryId(UnsignedInteger.ZERO);
        first.setDeliveryTag(new Binary(new byte[] {0}));
        first.setMore(true);
        client.send(0, first, (byte) 0);
        Transfer abort = new Transfer();
        abort.setHandle(UnsignedInteger.ZERO);
        abort.setAborted(true);
        client.send(0, abort);
        transfer(client, 0, 1);
        Disposition accepted = client.read(Disposition.class);
        assertThat(accepted.getFirst()).isEqualTo(UnsignedInteger.ONE);
        client.close();
    }

    @Test
    void randomFramesAfterOpenCloseOnlyTheirConnection() throws Exception {
        Random random = new Random(5);
        for (int round = 0; round < 50; round++) {
            RawClient client = opened();
            byte[] body = new byte[1 + random.nextInt(300)];
            random.nextBytes(body);
            body[0] = 0;
            if (body.length > 3) {
                body[1] = 0x53;
                body[2] = (byte) (0x10 + random.nextInt(9));
                body[3] = (byte) 0xc0;
            }
            ByteBuffer frame = ByteBuffer.allocate(8 + body.length);
            frame.putInt(frame.capacity())
                    .put((byte) 2)
                    .put((byte) 0)
                    .putShort((short) 0)
                    .put(body);
            try {
                client.send(frame.array());
                List<FrameBody> frames = client.readToEnd();
                assertThat(frames.get(frames.size() - 1)).isInstanceOf(Close.class);
            } catch (SocketException reset) {
                // Closed before everything was written, which serves as well.
            }
            client.close();
        }
    }

    private static Attach attach(String name, int handle) {
        Attach attach = new Attach();
        attach.setName(name);
        attach.setHandle(UnsignedInteger.valueOf(handle));
        attach.setRole(Role.SENDER);
        attach.setSource(new Source());
        attach.setTarget(new Target());
        attach.setInitialDeliveryCount(UnsignedInteger.ZERO);
        return attach;
    }

    private static Flow flow(int handle) {
        Flow flow = new Flow();
        flow.setIncomingWindow(UnsignedInteger.ONE);
        flow.setNextOutgoingId(UnsignedInteger.ZERO);
        flow.setOutgoingWindow(UnsignedInteger.ONE);
        flow.setHandle(UnsignedInteger.valueOf(handle));
        return flow;
    }

    private static Detach detach(int handle) {
        Detach detach = new Detach();
        detach.setHandle(UnsignedInteger.valueOf(handle));
        return detach;
    }

    private static Disposition disposition() {
        Disposition disposition = new Disposition();
        disposition.setRole(Role.RECEIVER);
        disposition.setFirst(UnsignedInteger.ZERO);
        return disposition;
    }
}
