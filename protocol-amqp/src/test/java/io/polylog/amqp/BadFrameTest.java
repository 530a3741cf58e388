package io.polylog.amqp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.FrameBody;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames, performatives and links that are wrong: the connection is closed with the protocol's own error. */
class BadFrameTest extends BadPeer {

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
        for (FrameBody body :
                List.of(Performatives.flow(0), Performatives.detach(0), new End(), Performatives.disposition())) {
            RawClient client = opened();
            client.send(3, body);
            assertClosedWith(client, "amqp:illegal-state");
        }
    }

    @Test
    void frameForAHandleWithoutLinkIsRefused() throws Exception {
        for (FrameBody body : List.of(Performatives.flow(5), Performatives.detach(5))) {
            RawClient client = opened();
            client.begin();
            client.send(0, body);
            assertClosedWith(client, "amqp:session:unattached-handle");
        }
    }

    @Test
    void handleInUseIsRefused() throws Exception {
        RawClient client = sender();
        client.send(0, Performatives.attach("other", 0));
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
        other.send(0, Performatives.attach("far", 1 << 20));
        assertClosedWith(other, "amqp:connection:framing-error");
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
}
