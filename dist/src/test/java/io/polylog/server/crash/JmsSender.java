package io.polylog.server.crash;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import org.apache.qpid.jms.JmsConnectionFactory;

/** A JMS client that sends persistent messages one by one; a send that returns was acknowledged. */
final class JmsSender extends Returning {

    private final String queue;
    private final Tally tally;

    JmsSender(Target target, String queue, Tally tally) {
        super(target, tally.name());
        this.queue = queue;
        this.tally = tally;
    }

    @Override
    void connect() {
        try (Connection connection =
                new JmsConnectionFactory("amqp://" + target().endpoint("amqp")).createConnection()) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(session.createQueue(queue));
            while (!isStopped()) {
                int number = tally.next();
                producer.send(session.createTextMessage(tally.text(number)));
                tally.acknowledge(number);
            }
        } catch (JMSException gone) {
            // In doubt: it may be in the log or not, and nobody was told that it is.
        }
    }

    @Override
    public long progress() {
        return tally.acknowledgedCount();
    }

    @Override
    public void finishSending() throws InterruptedException {
        finish();
    }
}
