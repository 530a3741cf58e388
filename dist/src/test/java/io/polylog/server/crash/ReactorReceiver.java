package io.polylog.server.crash;

import io.polylog.server.endpoint.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.BooleanSupplier;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.engine.BaseHandler;
import org.apache.qpid.proton.engine.Connection;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Event;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Session;
import org.apache.qpid.proton.message.Message;
import org.apache.qpid.proton.reactor.Reactor;

/**
 * One connection of Qpid Proton's reactor, with one receiver, which says what becomes of a message and leaves it to the
 * gateway to settle that.
 */
abstract class ReactorReceiver extends BaseHandler {

    private static final int CREDIT = 20;
    private static final int POLL_MS = 100;

    private final String name;
    private final String address;

    ReactorReceiver(String name, String address) {
        this.name = name;
        this.address = address;
    }

    /** What one message is about, and what is to become of it. */
    record Judgement(int number, DeliveryState state) {}

    abstract Judgement judge(Message message);

    /**
     * The gateway has settled it.
     *
     * @param state as the gateway says
     */
    abstract void settled(int number, DeliveryState state);

    /** The connection is lost. */
    abstract void lost();

    /** Works until the connection ends; closes it once {@code stopped}. */
    void run(Endpoint gateway, BooleanSupplier stopped) {
        try {
            Reactor reactor = Proton.reactor();
            Connection connection = reactor.connectionToHost(gateway.host(), gateway.port(), this);
            reactor.setTimeout(POLL_MS);
            reactor.start();
            while (reactor.process()) {
                if (stopped.getAsBoolean()) {
                    connection.close();
                }
            }
            reactor.stop();
            reactor.free();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void onConnectionInit(Event event) {
        Connection connection = event.getConnection();
        connection.setContainer(name);
        connection.open();
        Session session = connection.session();
        session.open();
        Receiver receiver = session.receiver(name);
        Source source = new Source();
        source.setAddress(address);
        receiver.setSource(source);
        receiver.open();
        receiver.flow(CREDIT);
    }

    @Override
    public void onDelivery(Event event) {
        Delivery delivery = event.getDelivery();
        if (delivery.isReadable() && !delivery.isPartial()) {
            Receiver receiver = (Receiver) event.getLink();
            Judgement judgement = judge(read(receiver, delivery));
            delivery.setContext(judgement.number());
            delivery.disposition(judgement.state());
            receiver.flow(1);
        }
        if (delivery.remotelySettled() && delivery.getContext() instanceof Integer number) {
            settled(number, delivery.getRemoteState());
            delivery.settle();
        }
    }

    private static Message read(Receiver receiver, Delivery delivery) {
        byte[] bytes = new byte[delivery.pending()];
        int length = receiver.recv(bytes, 0, bytes.length);
        receiver.advance();
        Message message = Message.Factory.create();
        message.decode(bytes, 0, length);
        return message;
    }

    @Override
    public void onTransportError(Event event) {
        lost();
        event.getConnection().close();
    }
}
