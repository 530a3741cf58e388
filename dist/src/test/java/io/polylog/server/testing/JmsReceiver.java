package io.polylog.server.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.testkit.GatewayExtension;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.qpid.jms.JmsConnectionFactory;

/** Qpid JMS as a consumer of a queue, which does not connect again. */
final class JmsReceiver implements Receiver {

    private final Connection connection;
    private final MessageConsumer consumer;
    private final AtomicReference<JMSException> failure = new AtomicReference<>();

    JmsReceiver(GatewayExtension gateway, String queue) throws JMSException {
        connection = new JmsConnectionFactory("amqp://" + gateway.address("amqp")).createConnection();
        connection.setExceptionListener(failure::set);
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        consumer = session.createConsumer(session.createQueue(queue));
        connection.start();
    }

    @Override
    public String next() throws JMSException {
        Message message = consumer.receive(PATIENCE_MS);
        assertThat(message).as("a message comes").isNotNull();
        return new String(message.getBody(byte[].class), UTF_8);
    }

    @Override
    public void assertStayed() {
        assertThat(failure).as("connection").hasValue(null);
    }

    @Override
    public void close() throws JMSException {
        connection.close();
    }
}
