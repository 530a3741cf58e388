package io.polylog.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.broker.Topic;
import io.polylog.record.Header;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.testkit.TestGateway;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics and temporary destinations through Qpid JMS over real sockets. */
class JmsTopicTest {
    private static final int WAIT_MS = 10_000;

    @TempDir
    Path directory;

    private TestGateway gateway;
    private Connection connection;
    private Session session;

    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.start(directory, new AmqpAdapterFactory());
        connection = connect("");
        session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    }

    @AfterEach
    void stop() throws Exception {
        connection.close();
        gateway.close();
    }

    private Connection connect(String options) throws JMSException {
        Connection opened = new JmsConnectionFactory("amqp://localhost:" + gateway.port("amqp")
                        + "?jms.sendTimeout=10000&jms.requestTimeout=10000&jms.closeTimeout=5000" + options)
                .createConnection();
        opened.start();
        return opened;
    }

    @Test
    void subscriberGetsWhatIsPublishedFromThenOn() throws Exception {
        jakarta.jms.Topic topic = session.createTopic("news");
        MessageProducer producer = session.createProducer(topic);
        producer.send(session.createTextMessage("before"));
        MessageConsumer first = session.createConsumer(topic);
        MessageConsumer second = session.createConsumer(topic);
        producer.send(session.createTextMessage("after"));
        for (MessageConsumer consumer : new MessageConsumer[] {first, second}) {
            assertThat(((TextMessage) consumer.receive(WAIT_MS)).getText()).isEqualTo("after");
            assertThat(consumer.receiveNoWait()).isNull();
        }
    }

    @Test
    void recordPublishedByAnotherProtocolArrives() throws Exception {
        MessageConsumer consumer = session.createConsumer(session.createTopic("orders"));
        Topic topic = gateway.context().topics().find("orders").orElseThrow();
        Record record = new Record(
                "key".getBytes(UTF_8), "value".getBytes(UTF_8), 5, Headers.of(Header.text("colour", "green")));
        gateway.context()
                .publisher()
                .publish(topic, record)
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        BytesMessage message = (BytesMessage) consumer.receive(WAIT_MS);
        assertThat(message.getBody(byte[].class)).isEqualTo("value".getBytes(UTF_8));
        assertThat(message.getStringProperty("colour")).isEqualTo("green");
        assertThat(message.getJMSTimestamp()).isEqualTo(5);
    }

    @Test
    void unspecifiedDestinationGoesWhereEachMessageSays() throws Exception {
        MessageConsumer one = session.createConsumer(session.createTopic("one"));
        MessageConsumer two = session.createConsumer(session.createTopic("two"));
        MessageProducer producer = session.createProducer(null);
        producer.send(session.createTopic("one"), session.createTextMessage("1"));
        producer.send(session.createTopic("two"), session.createTextMessage("2"));
        assertThat(((TextMessage) one.receive(WAIT_MS)).getText()).isEqualTo("1");
        assertThat(((TextMessage) two.receive(WAIT_MS)).getText()).isEqualTo("2");
    }

    @Test
    void requestIsAnsweredOverATemporaryQueue() throws Exception {
        jakarta.jms.Topic requests = session.createTopic("requests");
        MessageConsumer server = session.createConsumer(requests);
        Connection other = connect("");
        try {
            Session client = other.createSession(false, Session.AUTO_ACKNOWLEDGE);
            TemporaryQueue replies = client.createTemporaryQueue();
            MessageConsumer answers = client.createConsumer(replies);
            TextMessage request = client.createTextMessage("ping");
            request.setJMSReplyTo(replies);
            client.createProducer(requests).send(request);

            TextMessage received = (TextMessage) server.receive(WAIT_MS);
            TextMessage reply = session.createTextMessage("pong");
            reply.setJMSCorrelationID(received.getJMSMessageID());
            session.createProducer(received.getJMSReplyTo()).send(reply);

            TextMessage answer = (TextMessage) answers.receive(WAIT_MS);
            assertThat(answer.getText()).isEqualTo("pong");
            assertThat(answer.getJMSCorrelationID()).isEqualTo(request.getJMSMessageID());
        } finally {
            other.close();
        }
    }

    @Test
    void temporaryTopicReachesEveryConsumer() throws Exception {
        TemporaryTopic topic = session.createTemporaryTopic();
        MessageConsumer first = session.createConsumer(topic);
        MessageConsumer second = session.createConsumer(topic);
        session.createProducer(topic).send(session.createTextMessage("all"));
        assertThat(((TextMessage) first.receive(WAIT_MS)).getText()).isEqualTo("all");
        assertThat(((TextMessage) second.receive(WAIT_MS)).getText()).isEqualTo("all");
    }

    @Test
    void producerToADeletedTemporaryQueueIsRefused() throws Exception {
        TemporaryQueue queue = session.createTemporaryQueue();
        queue.delete();
        Session other = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        assertThatThrownBy(() -> other.createProducer(queue)).isInstanceOf(JMSException.class);
    }

    @Test
    void selectorIsRefusedWithASentence() {
        assertThatThrownBy(() -> session.createConsumer(session.createTopic("news"), "colour = 'green'"))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("selectors and other filters are not supported yet");
    }

    @Test
    void transactionIsRefusedWithASentence() {
        assertThatThrownBy(() -> connection.createSession(true, Session.SESSION_TRANSACTED))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("transactions are not supported yet");
    }

    @Test
    void gatewaysOwnTopicIsNotForSending() {
        assertThatThrownBy(() -> session.createProducer(session.createTopic("__consumer_offsets")))
                .isInstanceOf(JMSException.class);
    }

    @Test
    void nameThatIsNoTopicNameIsEscaped() throws Exception {
        jakarta.jms.Topic topic = session.createTopic("a b/ü");
        MessageConsumer consumer = session.createConsumer(topic);
        session.createProducer(topic).send(session.createTextMessage("x"));
        assertThat(((TextMessage) consumer.receive(WAIT_MS)).getText()).isEqualTo("x");
        Topic stored = gateway.context().topics().find("esc.a_20b_2f_c3_bc").orElseThrow();
        assertThat(stored.config()).containsEntry("polylog.amqp.name", "a b/ü");
    }

    @Test
    void largeMessageComesInManyFrames() throws Exception {
        byte[] large = new byte[5 << 20];
        new java.util.Random(7).nextBytes(large);
        jakarta.jms.Topic topic = session.createTopic("large");
        MessageConsumer consumer = session.createConsumer(topic);
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(large);
        session.createProducer(topic).send(message);
        assertThat(((BytesMessage) consumer.receive(WAIT_MS)).getBody(byte[].class))
                .isEqualTo(large);
    }

    @Test
    void tooLargeMessageIsRefusedAndTheConnectionGoesOn() throws Exception {
        jakarta.jms.Topic topic = session.createTopic("large");
        MessageProducer producer = session.createProducer(topic);
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(new byte[17 << 20]);
        assertThatThrownBy(() -> producer.send(message)).isInstanceOf(JMSException.class);
        MessageConsumer consumer = session.createConsumer(topic);
        session.createProducer(topic).send(session.createTextMessage("small"));
        assertThat(((TextMessage) consumer.receive(WAIT_MS)).getText()).isEqualTo("small");
    }

    @Test
    void quietConnectionIsKeptAliveFromBothSides() throws Exception {
        Connection quiet = connect("&amqp.idleTimeout=400");
        try {
            Session other = quiet.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageConsumer consumer = other.createConsumer(other.createTopic("quiet"));
            assertThat(consumer.receive(1_500)).isNull(); // several idle time-outs pass
            session.createProducer(session.createTopic("quiet")).send(session.createTextMessage("still here"));
            assertThat(((TextMessage) consumer.receive(WAIT_MS)).getText()).isEqualTo("still here");
        } finally {
            quiet.close();
        }
    }

    @Test
    void plainCredentialsAreTaken() throws Exception {
        Connection named = new JmsConnectionFactory("user", "secret", "amqp://localhost:" + gateway.port("amqp"))
                .createConnection();
        named.start();
        named.close();
    }
}
