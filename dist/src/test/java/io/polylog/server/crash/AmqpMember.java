package io.polylog.server.crash;

import io.polylog.server.crash.LedgerTally.Line;
import io.polylog.server.crash.LedgerTally.Outcome;
import io.polylog.server.endpoint.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
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
 * A receiver of Qpid Proton's reactor that gives every outcome there is and leaves it to the gateway to settle: settled as
 * accepted is accepted for certain.
 */
final class AmqpMember extends LedgerMember {

    private static final int CREDIT = 20;
    private static final int POLL_MS = 100;

    private final String source;

    AmqpMember(Target target, String name, String source, LedgerTally tally, long seed) throws IOException {
        super(target, "amqp", name, tally, seed);
        this.source = source;
    }

    @Override
    void connect() {
        try {
            Reactor reactor = Proton.reactor();
            Endpoint amqp = relay().endpoint();
            Connection connection = reactor.connectionToHost(amqp.host(), amqp.port(), new Judging(beginLine()));
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

    @Override
    void abort() {
        cut(); // a new connection is a new client
    }

    private final class Judging extends BaseHandler {
        private final Line line;

        Judging(Line line) {
            this.line = line;
        }

        @Override
        public void onConnectionInit(Event event) {
            Connection connection = event.getConnection();
            connection.setContainer(name());
            connection.open();
            Session session = connection.session();
            session.open();
            Receiver receiver = session.receiver(name());
            Source queue = new Source();
            queue.setAddress(source);
            receiver.setSource(queue);
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
                if (delivery.getRemoteState() instanceof Accepted) {
                    tally().confirm(number);
                }
                delivery.settle();
            }
        }

        private void judge(Receiver receiver, Delivery delivery) {
            byte[] bytes = new byte[delivery.pending()];
            int length = receiver.recv(bytes, 0, bytes.length);
            receiver.advance();
            Message message = Message.Factory.create();
            message.decode(bytes, 0, length);
            int number = Tally.numberOf(text(message));
            boolean marked = message.getDeliveryCount() > 0 || !message.isFirstAcquirer();
            tally().receive(number, marked, line, name());
            Outcome outcome = outcomeOf(number);
            tally().settle(number, outcome, name());
            delivery.setContext(number);
            delivery.disposition(stateOf(outcome));
            receiver.flow(1);
        }

        @Override
        public void onTransportError(Event event) {
            endLine();
            event.getConnection().close();
        }
    }

    private static String text(Message message) {
        Binary value = ((Data) message.getBody()).getValue();
        return new String(value.getArray(), value.getArrayOffset(), value.getLength(), StandardCharsets.UTF_8);
    }

    private static DeliveryState stateOf(Outcome outcome) {
        return switch (outcome) {
            case ACCEPT -> Accepted.getInstance();
            case RELEASE -> Released.getInstance();
            case REJECT -> new Rejected();
            case FAIL, DECLINE -> {
                Modified modified = new Modified();
                modified.setDeliveryFailed(outcome == Outcome.FAIL);
                modified.setUndeliverableHere(outcome == Outcome.DECLINE);
                yield modified;
            }
        };
    }

    /** The reactor looks up often enough, and an interrupt would tear its selector down. */
    @Override
    public void stop() {
        leave();
        closeRelay();
    }
}
