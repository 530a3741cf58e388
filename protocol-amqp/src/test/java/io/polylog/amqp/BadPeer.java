package io.polylog.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.testkit.TestGateway;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.FrameBody;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A peer that does something wrong, and another beside it, whose messages are taken all the same. */
abstract class BadPeer {
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

    RawClient connect() throws IOException {
        return RawClient.connect(gateway.port("amqp"));
    }

    RawClient opened() throws IOException {
        RawClient client = connect();
        client.open();
        return client;
    }

    /** With a link to {@code orders}, handle 0. */
    RawClient sender() throws IOException {
        RawClient client = opened();
        client.begin();
        client.attachSender("orders");
        return client;
    }

    static void transfer(RawClient client, int handle, int deliveryId) throws IOException {
        Transfer transfer = new Transfer();
        transfer.setHandle(UnsignedInteger.valueOf(handle));
        transfer.setDeliveryId(UnsignedInteger.valueOf(deliveryId));
        transfer.setDeliveryTag(new Binary(new byte[] {(byte) deliveryId}));
        client.send(0, transfer, (byte) 0, (byte) 0x53, (byte) 0x75, (byte) 0xa0, (byte) 1, (byte) 'x');
    }

    static void assertClosedWith(RawClient client, String condition) throws IOException {
        List<FrameBody> frames = client.readToEnd();
        assertThat(frames).isNotEmpty();
        Close close = (Close) frames.get(frames.size() - 1);
        assertThat(close.getError().getCondition().toString()).isEqualTo(condition);
        assertThat(close.getError().getDescription()).isNotBlank();
        client.close();
    }

    static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(11).nextBytes(bytes);
        return bytes;
    }
}
