package io.polylog.server.crash;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.qpid.jms.JmsConnectionFactory;

/**
 * A JMS client that takes messages from a queue, and accepts or rejects them. JMS does not tell when that is safe, so what
 * it settled may come again after a crash, and must never be missing.
 */
final class JmsReceiver extends Returning {

    /** Extensions of Qpid JMS: a message is settled by itself, and with an outcome of its own. */
    private static final int INDIVIDUAL_ACKNOWLEDGE = 101;

    private static final String ACK_TYPE = "JMS_AMQP_ACK_TYPE";
    private static final int REJECTED = 2;

    private static final long POLL_MS = 200;

    private final QueueTally tally;
    private final AtomicLong settled = new AtomicLong();

    JmsReceiver(Target target, String name, QueueTally tally) {
        super(target, name);
        this.tally = tally;
    }

    @Override
    void connect() {
        String uri = "amqp://" + target().endpoint("amqp") + "?jms.prefetchPolicy.all=20";
        try (Connection connection = new JmsConnectionFactory(uri).createConnection()) {
            Session session = connection.createSession(INDIVIDUAL_ACKNOWLEDGE);
            MessageConsumer consumer = session.createConsumer(session.createQueue(tally.queue()));
            connection.start();
            while (!isStopped()) {
                Message message = consumer.receive(POLL_MS);
                if (message != null) {
                    int number = Tally.numberOf(message.getBody(String.class));
                    tally.receive(number, name());
                    if (tally.unfit(number)) {
                        message.setIntProperty(ACK_TYPE, REJECTED);
                    }
                    message.acknowledge();
                    settled.incrementAndGet();
                }
            }
        } catch (JMSException gone) {
            // What was not acknowledged comes again, to this receiver or another.
        }
    }

    @Override
    public long progress() {
        return settled.get();
    }
}
