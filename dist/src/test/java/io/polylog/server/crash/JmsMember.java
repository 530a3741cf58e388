package io.polylog.server.crash;

import io.polylog.server.crash.LedgerTally.Line;
import io.polylog.server.crash.LedgerTally.Outcome;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.qpid.jms.JmsConnectionFactory;

/** A consumer of Qpid JMS that gives every outcome there is. It settles by itself, and finds out later that this is durable. */
final class JmsMember extends LedgerMember {

    /** Extensions of Qpid JMS: a message is settled by itself, and with an outcome of its own. */
    private static final int INDIVIDUAL_ACKNOWLEDGE = 101;

    private static final String ACK_TYPE = "JMS_AMQP_ACK_TYPE";

    private static final long POLL_MS = 100;
    private static final int MESSAGES_PER_TRIP = 10;

    private final String source;
    private final String receipts;

    /**
     * @param receipts a queue to send to, for {@link RoundTrips}
     */
    JmsMember(Target target, String name, String source, String receipts, LedgerTally tally, long seed)
            throws IOException {
        super(target, "amqp", name, tally, seed);
        this.source = source;
        this.receipts = receipts;
    }

    @Override
    void connect() {
        Line line = beginLine();
        String uri = "amqp://" + address() + "?jms.prefetchPolicy.all=20";
        try (Connection connection = new JmsConnectionFactory(uri).createConnection()) {
            Session session = connection.createSession(INDIVIDUAL_ACKNOWLEDGE);
            MessageConsumer consumer = session.createConsumer(session.createQueue(source));
            MessageProducer producer = session.createProducer(session.createQueue(receipts));
            Trips trips = new Trips(line, session, producer);
            connection.start();
            for (int count = 1; !isStopped(); count++) {
                Message message = consumer.receive(POLL_MS);
                if (message != null) {
                    judge(message, line, trips);
                }
                if (message == null || count % MESSAGES_PER_TRIP == 0) {
                    trips.travel();
                }
            }
        } catch (JMSException gone) {
            endLine(); // what was not acknowledged comes again, to this member or another
        }
    }

    /** One round trip at a time, made by the thread that receives. */
    private final class Trips {
        private final Session session;
        private final MessageProducer producer;
        private final RoundTrips confirmations;
        private boolean wanted;

        Trips(Line line, Session session, MessageProducer producer) {
            this.session = session;
            this.producer = producer;
            this.confirmations = new RoundTrips(tally(), line, () -> wanted = true);
        }

        void travel() throws JMSException {
            if (wanted) {
                wanted = false;
                producer.send(session.createTextMessage(name()));
                confirmations.returned();
            }
        }
    }

    private void judge(Message message, Line line, Trips trips) throws JMSException {
        int number = Tally.numberOf(text((BytesMessage) message));
        // Whether it was given back before, JMS does not show: only failures are redeliveries to it.
        tally().receive(number, true, line, name());
        Outcome outcome = outcomeOf(number);
        tally().settle(number, outcome, name());
        message.setIntProperty(ACK_TYPE, ackType(outcome));
        message.acknowledge();
        if (outcome == Outcome.ACCEPT) {
            trips.confirmations.accepted(number);
        }
    }

    private static String text(BytesMessage message) throws JMSException {
        byte[] bytes = new byte[Math.toIntExact(message.getBodyLength())];
        message.readBytes(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** The numbers that Qpid JMS gives the outcomes. */
    private static int ackType(Outcome outcome) {
        return switch (outcome) {
            case ACCEPT -> 1;
            case REJECT -> 2;
            case RELEASE -> 3;
            case FAIL -> 4;
            case DECLINE -> 5; // its failure counts too
        };
    }

    @Override
    void abort() {
        cut();
    }
}
