package io.polylog.server.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import org.apache.qpid.jms.JmsConnectionFactory;

/** Qpid JMS: a sender and a receiver on one queue. */
final class JmsNeighbour implements Neighbour {

    private static final String QUEUE = "neighbour-jms";
    private static final long PATIENCE_MS = 20_000;

    private final Connection connection;
    private final Session session;
    private final MessageProducer sender;
    private final MessageConsumer receiver;

    JmsNeighbour(JmsConnectionFactory factory) throws JMSException {
        connection = factory.createConnection();
        session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        receiver = session.createConsumer(session.createQueue(QUEUE));
        sender = session.createProducer(session.createQueue(QUEUE));
        connection.start();
    }

    @Override
    public void roundTrip(String text) throws JMSException {
        sender.send(session.createTextMessage(text));
        Message message = receiver.receive(PATIENCE_MS);
        assertThat(message).as("a message comes").isNotNull();
        assertThat(message.getBody(String.class)).isEqualTo(text);
    }

    @Override
    public void close() throws JMSException {
        connection.close();
    }
}
