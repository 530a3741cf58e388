package io.polylog.server.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.testkit.GatewayExtension;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import org.apache.qpid.jms.JmsConnectionFactory;

/**
 * Qpid JMS, which takes names with hyphens for properties only when told to. Its own delivery delay ends at a date by its own
 * clock, which does not leap with the gateway's.
 */
final class JmsScheduleClient implements ScheduleClient {

    private final Connection connection;
    private final Session session;

    JmsScheduleClient(GatewayExtension gateway) throws JMSException {
        connection = new JmsConnectionFactory("amqp://" + gateway.address("amqp") + "?jms.validatePropertyNames=false")
                .createConnection();
        session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        connection.start();
    }

    @Override
    public void schedule(String topic, String text, String delay, String id) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(text.getBytes(UTF_8));
        message.setStringProperty("polylog-delay", delay);
        message.setStringProperty("polylog-schedule-id", id);
        send(topic, message);
    }

    @Override
    public void cancel(String topic, String id) throws JMSException {
        Message message = session.createMessage();
        message.setStringProperty("polylog-schedule-cancel", id);
        send(topic, message);
    }

    private void send(String topic, Message message) throws JMSException {
        try (MessageProducer producer = session.createProducer(session.createQueue(topic))) {
            producer.send(message);
        }
    }

    @Override
    public void close() throws JMSException {
        connection.close();
    }
}
