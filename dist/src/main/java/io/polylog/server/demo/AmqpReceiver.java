package io.polylog.server.demo;

import io.polylog.server.endpoint.Endpoint;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.nio.charset.StandardCharsets;
import org.apache.qpid.jms.JmsConnectionFactory;

/** Apache Qpid JMS over AMQP 1.0, a consumer of the queue that every topic is. */
final class AmqpReceiver implements AutoCloseable {

    private static final int PATIENCE_MS = 15_000;

    private final Connection connection;
    private final MessageConsumer consumer;

    private AmqpReceiver(Connection connection, MessageConsumer consumer) {
        this.connection = connection;
        this.consumer = consumer;
    }

    static AmqpReceiver attach(Endpoint amqp, String queue) throws StepFailedException {
        String uri = "amqp://" + amqp + "?jms.connectTimeout=" + PATIENCE_MS + "&jms.requestTimeout=" + PATIENCE_MS
                + "&jms.closeTimeout=2000&transport.connectTimeout=" + PATIENCE_MS;
        try {
            Connection connection = new JmsConnectionFactory(uri).createConnection();
            try {
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageConsumer consumer = session.createConsumer(session.createQueue(queue));
                connection.start();
                return new AmqpReceiver(connection, consumer);
            } catch (JMSException failure) {
                connection.close();
                throw failure;
            }
        } catch (JMSException failure) {
            throw new StepFailedException("Qpid JMS could not attach to " + queue + " at " + amqp, failure);
        }
    }

    /** Waits for a message, accepts it, and returns its text. */
    String receive() throws StepFailedException {
        try {
            Message message = consumer.receive(PATIENCE_MS);
            if (message == null) {
                throw new StepFailedException("Qpid JMS received nothing within " + PATIENCE_MS + " ms");
            }
            if (message instanceof BytesMessage bytes) {
                byte[] body = new byte[Math.toIntExact(bytes.getBodyLength())];
                int unused = bytes.readBytes(body);
                return new String(body, StandardCharsets.UTF_8);
            }
            return message.getBody(String.class);
        } catch (JMSException failure) {
            throw new StepFailedException("Qpid JMS could not receive", failure);
        }
    }

    @Override
    public void close() throws StepFailedException {
        try {
            connection.close();
        } catch (JMSException failure) {
            throw new StepFailedException("Qpid JMS could not close its connection", failure);
        }
    }
}
