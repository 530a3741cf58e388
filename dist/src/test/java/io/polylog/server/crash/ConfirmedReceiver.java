package io.polylog.server.crash;

import io.polylog.server.endpoint.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Section;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.engine.BaseHandler;
import org.apache.qpid.proton.engine.Connection;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Event;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Session;
import org.apache.qpid.proton.message.Message;
import org.apache.qpid.proton.reactor.Reactor;

/**
 * A client of Qpid Proton's reactor that accepts or rejects what it is given and leaves it to the gateway to settle: a
 * settled delivery is one whose outcome is durable, and must never be given to anybody again.
 */
final class ConfirmedReceiver extends Returning {

    private static final int CREDIT = 20;
    private static final int POLL_MS = 100;

    private final QueueTally tally;
    private final AtomicLong confirmed = new AtomicLong();

    ConfirmedReceiver(Target target, String name, QueueTally tally) {
        super(target, name);
        this.tally = tally;
    }

    @Override
    void connect() {
        try {
            Reactor reactor = Proton.reactor();
            Endpoint amqp = target().endpoint("amqp");
            Connection connection = reactor.connectionToHost(amqp.host(), amqp.port(), new Judging());
            reactor.setTimeout(POLL_MS);
            reactor.start();
            while (reactor.process()) {
                if (isStopped()) {
                    connection.close();
                }
            }
            reactor.stop();
            reactor.free();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private final class Judging extends BaseHandler {
        @Override
        public void onConnectionInit(Event event) {
            Connection connection = event.getConnection();
            connection.setContainer(name());
            connection.open();
            Session session = connection.session();
            session.open();
            Receiver receiver = session.receiver(name());
            Source source = new Source();
            source.setAddress(tally.queue());
            receiver.setSource(source);
            receiver.open();
            receiver.flow(CREDIT);
        }

        @Override
        public void onDelivery(Event event) {
            Delivery delivery = event.getDelivery();
            if (delivery.isReadable() && !delivery.isPartial()) {
                judge((Receiver) event.getLink(), delivery);
            }
            if (delivery.remotelySettled() && delivery.getContext() instanceof Integer number) {
                tally.confirm(number);
                confirmed.incrementAndGet();
                delivery.settle();
            }
        }

        private void judge(Receiver receiver, Delivery delivery) {
            byte[] bytes = new byte[delivery.pending()];
            int length = receiver.recv(bytes, 0, bytes.length);
            receiver.advance();
            Message message = Message.Factory.create();
            message.decode(bytes, 0, length);
            int number = Tally.numberOf(text(message.getBody()));
            tally.receive(number, name());
            delivery.setContext(number);
            delivery.disposition(tally.unfit(number) ? new Rejected() : Accepted.getInstance());
            receiver.flow(1);
        }

        private static String text(Section body) {
            return (String) ((AmqpValue) body).getValue();
        }

        @Override
        public void onTransportError(Event event) {
            event.getConnection().close();
        }
    }

    @Override
    public long progress() {
        return confirmed.get();
    }

    /** The reactor looks up often enough, and an interrupt would tear its selector down. */
    @Override
    public void stop() {
        leave();
    }
}
