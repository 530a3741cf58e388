package io.polylog.server.crash;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import org.apache.qpid.jms.JmsConnectionFactory;

/** A JMS client that sends persistent messages one by one; a send that returns was acknowledged. */
final class JmsSender implements Workload {

    private final Target target;
    private final String queue;
    private final Tally tally;
    private Thread thread;
    private volatile boolean stopped;

    JmsSender(Target target, String queue, Tally tally) {
        this.target = target;
        this.queue = queue;
        this.tally = tally;
    }

    @Override
    public String name() {
        return tally.name();
    }

    @Override
    public void start() {
        thread = new Thread(this::run, "sender-" + name());
        thread.start();
    }

    private void run() {
        try {
            while (!stopped && target.awaitUp()) {
                send();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void send() {
        try (Connection connection = new JmsConnectionFactory("amqp://" + target.endpoint("amqp")).createConnection()) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(session.createQueue(queue));
            while (!stopped) {
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
        stopped = true;
        thread.join();
    }

    @Override
    public void stop() {
        stopped = true;
        if (thread != null) {
            thread.interrupt();
        }
    }
}
