package io.polylog.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.SocketException;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.api.Test;

/** Transfers and dispositions that are wrong: the connection is closed, or the message refused. */
class BadTransferTest extends BadPeer {

    @Test
    void transferWithoutAttachIsRefused() throws Exception {
        RawClient client = opened();
        client.begin();
        transfer(client, 0, 0);
        assertClosedWith(client, "amqp:session:unattached-handle");
    }

    @Test
    void transferWithoutTagIsRefused() throws Exception {
        RawClient client = sender();
        Transfer transfer = new Transfer();
        transfer.setHandle(UnsignedInteger.ZERO);
        client.send(0, transfer);
        assertClosedWith(client, "amqp:invalid-field");
    }

    @Test
    void deliveryIdOutOfOrderIsRefused() throws Exception {
        RawClient client = sender();
        transfer(client, 0, 0);
        transfer(client, 0, 9);
        assertClosedWith(client, "amqp:invalid-field");
    }

    @Test
    void deliveryWithinAnotherIsRefused() throws Exception {
        RawClient client = sender();
        client.send(0, Performatives.part(), (byte) 0);
        transfer(client, 0, 1);
        assertClosedWith(client, "amqp:not-allowed");
    }

    @Test
    void dispositionOfABackwardRangeIsRefused() throws Exception {
        for (int last : new int[] {4, -1, Integer.MIN_VALUE + 5}) {
            RawClient client = opened();
            client.begin();
            Disposition disposition = Performatives.disposition();
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
    void peerThatDoesNotLookAtItsCreditIsServedOrDetached() throws Exception {
        RawClient client = sender();
        for (int i = 0; i <= 400; i++) {
            transfer(client, 0, i);
        }
        client.send(0, Performatives.detach(0));
        assertThat(client.read(Detach.class).getHandle()).isEqualTo(UnsignedInteger.ZERO);
        client.close();
    }

    @Test
    void peerThatOverrunsItsWindowIsRefused() throws Exception {
        RawClient client = sender();
        ByteArrayOutputStream burst = new ByteArrayOutputStream();
        byte[] frame = RawClient.frame(0, Performatives.part());
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
    void malformedMessageIsRejectedAndTheLinkGoesOn() throws Exception {
        RawClient client = sender();
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
        RawClient client = sender();
        client.send(0, Performatives.part(), (byte) 0);
        Transfer abort = new Transfer();
        abort.setHandle(UnsignedInteger.ZERO);
        abort.setAborted(true);
        client.send(0, abort);
        transfer(client, 0, 1);
        Disposition accepted = client.read(Disposition.class);
        assertThat(accepted.getFirst()).isEqualTo(UnsignedInteger.ONE);
        client.close();
    }
}
