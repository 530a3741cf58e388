package io.polylog.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Topic;
import io.polylog.broker.TopicSpec;
import io.polylog.testkit.TestGateway;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How Qpid JMS settles, and what becomes of the messages. */
class JmsSettlementTest {
    private static final int WAIT_MS = 30_000;
    private static final int NONE_MS = 300;

    // What Qpid JMS takes in the property JMS_AMQP_ACK_TYPE.
    private static final int REJECTED = 2;
    private static final int RELEASED = 3;
    private static final int MODIFIED_FAILED = 4;
    private static final int MODIFIED_FAILED_UNDELIVERABLE = 5;

    @TempDir
    Path directory;

    private TestGateway gateway;
    private Connection connection;
    private Session session;
    private Queue queue;
    private Queue deadLetters;

    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.start(directory, new AmqpAdapterFactory());
        connection = connect();
        session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        queue = session.createQueue("orders");
        deadLetters = session.createQueue("orders.dlq");
    }

    @AfterEach
    void stop() throws Exception {
        connection.close();
        gateway.close();
    }

    /** One message at a time, so that no consumer holds what another is to get. */
    private Connection connect() throws JMSException {
        Connection opened = new JmsConnectionFactory(
                        "amqp://localhost:" + gateway.port("amqp") + "?jms.sendTimeout=30000&jms.requestTimeout=30000"
                                + "&jms.closeTimeout=5000&jms.prefetchPolicy.all=0&jms.validatePropertyNames=false")
                .createConnection();
        opened.start();
        return opened;
    }

    private void configure(String... settings) throws Exception {
        Map<String, String> config = new HashMap<>(Map.of("polylog.retention", "queue"));
        for (int i = 0; i < settings.length; i += 2) {
            config.put(settings[i], settings[i + 1]);
        }
        gateway.context()
                .topics()
                .create(new TopicSpec("orders", 1, config))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    private void send(String... texts) throws JMSException {
        MessageProducer producer = session.createProducer(queue);
        for (String text : texts) {
            producer.send(session.createTextMessage(text));
        }
        producer.close();
    }

    private static void settle(Message message, int type) throws JMSException {
        message.setIntProperty("JMS_AMQP_ACK_TYPE", type);
        message.acknowledge();
    }

    private static String text(Message message) throws JMSException {
        assertThat(message).isInstanceOf(TextMessage.class);
        return ((TextMessage) message).getText();
    }

    private Message deadLetter() throws JMSException {
        MessageConsumer consumer = session.createConsumer(deadLetters);
        Message letter = consumer.receive(WAIT_MS);
        assertThat(letter).isNotNull();
        letter.acknowledge();
        consumer.close();
        return letter;
    }

    @Test
    void rejectedMessageArrivesInTheDeadLetterQueue() throws Exception {
        send("poison", "good");
        MessageConsumer consumer = session.createConsumer(queue);
        settle(consumer.receive(WAIT_MS), REJECTED);
        Message next = consumer.receive(WAIT_MS);
        assertThat(text(next)).isEqualTo("good");
        next.acknowledge();
        Message letter = deadLetter();
        assertThat(text(letter)).isEqualTo("poison");
        assertThat(letter.getStringProperty("__dlq.errors.message")).isEqualTo("rejected");
        assertThat(letter.getStringProperty("__dlq.errors.topic")).isEqualTo("orders");
        assertThat(letter.getJMSRedelivered()).isFalse();
        Topic topic = gateway.context().topics().find("orders.dlq").orElseThrow();
        assertThat(topic.config()).containsEntry("polylog.dead.letter.topic", "orders.dlq");
    }

    @Test
    void failuresAreCountedAndOneTooManyIsADeadLetter() throws Exception {
        configure("polylog.delivery.limit", "2");
        send("fails");
        MessageConsumer consumer = session.createConsumer(queue);
        for (int delivery = 1; delivery <= 3; delivery++) {
            Message message = consumer.receive(WAIT_MS);
            assertThat(text(message)).isEqualTo("fails");
            assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(delivery);
            assertThat(message.getJMSRedelivered()).isEqualTo(delivery > 1);
            settle(message, MODIFIED_FAILED);
        }
        assertThat(consumer.receive(NONE_MS)).isNull();
        Message letter = deadLetter();
        assertThat(letter.getStringProperty("__dlq.errors.message")).isEqualTo("delivery_limit");
        assertThat(letter.getStringProperty("__dlq.errors.delivery.count")).isEqualTo("3");
    }

    @Test
    void releasesAreNotCounted() throws Exception {
        configure("polylog.delivery.limit", "1");
        send("again");
        MessageConsumer consumer = session.createConsumer(queue);
        for (int i = 0; i < 5; i++) {
            Message message = consumer.receive(WAIT_MS);
            assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
            settle(message, RELEASED);
        }
        consumer.receive(WAIT_MS).acknowledge();
        assertThat(consumer.receive(NONE_MS)).isNull();
        assertThat(gateway.context().topics().find("orders.dlq")).isEmpty();
    }

    @Test
    void undeliverableHereGoesToAnotherConsumerAndThenToTheDeadLetters() throws Exception {
        send("picky");
        MessageConsumer consumer = session.createConsumer(queue);
        Connection second = connect();
        Session other = second.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer otherConsumer = other.createConsumer(queue);
        settle(consumer.receive(WAIT_MS), MODIFIED_FAILED_UNDELIVERABLE);
        assertThat(consumer.receive(NONE_MS)).as("not here again").isNull();
        Message elsewhere = otherConsumer.receive(WAIT_MS);
        assertThat(text(elsewhere)).isEqualTo("picky");
        assertThat(elsewhere.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
        settle(elsewhere, MODIFIED_FAILED_UNDELIVERABLE);
        assertThat(text(deadLetter())).isEqualTo("picky");
        second.close();
    }

    @Test
    void recoveredSessionSeesTheDeliveryCountRise() throws Exception {
        send("1");
        MessageConsumer consumer = session.createConsumer(queue);
        for (int delivery = 1; delivery <= 3; delivery++) {
            Message message = consumer.receive(WAIT_MS);
            assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(delivery);
            session.recover();
        }
        consumer.receive(WAIT_MS).acknowledge();
        assertThat(consumer.receive(NONE_MS)).isNull();
    }

    @Test
    void expiredMessageIsADeadLetter() throws Exception {
        MessageProducer producer = session.createProducer(queue);
        producer.setTimeToLive(1);
        producer.send(session.createTextMessage("late"));
        producer.setTimeToLive(0);
        producer.send(session.createTextMessage("lasting"));
        MessageConsumer consumer = session.createConsumer(queue);
        Message message = consumer.receive(WAIT_MS);
        assertThat(text(message)).isEqualTo("lasting");
        message.acknowledge();
        Message letter = deadLetter();
        assertThat(text(letter)).isEqualTo("late");
        assertThat(letter.getStringProperty("__dlq.errors.message")).isEqualTo("expired");
        assertThat(letter.getJMSExpiration()).isZero();
    }

    @Test
    void rejectedMessageOfATopicWithoutDeadLettersIsGone() throws Exception {
        configure("polylog.dead.letter.topic", "");
        send("poison", "good");
        MessageConsumer consumer = session.createConsumer(queue);
        settle(consumer.receive(WAIT_MS), REJECTED);
        assertThat(text(consumer.receive(WAIT_MS))).isEqualTo("good");
        assertThat(gateway.context().topics().find("orders.dlq")).isEmpty();
    }

    @Test
    void outcomesHoldAcrossARestart() throws Exception {
        send("rejected", "accepted", "held");
        MessageConsumer consumer = session.createConsumer(queue);
        settle(consumer.receive(WAIT_MS), REJECTED);
        consumer.receive(WAIT_MS).acknowledge();
        assertThat(text(consumer.receive(WAIT_MS))).isEqualTo("held");
        // JMS does not wait for the outcome of a rejection, and the gateway is not to be closed before.
        Awaitility.await()
                .atMost(30, TimeUnit.SECONDS)
                .until(() -> gateway.context()
                        .topics()
                        .find("orders.dlq")
                        .filter(dead -> gateway.context()
                                        .fetcher()
                                        .offsets(dead.partition(0))
                                        .highWatermark()
                                == 1)
                        .isPresent());
        connection.close();
        gateway.close();
        gateway = TestGateway.start(directory, new AmqpAdapterFactory());
        connection = connect();
        session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        consumer = session.createConsumer(queue);
        Message left = consumer.receive(WAIT_MS);
        assertThat(text(left)).isEqualTo("held");
        left.acknowledge();
        assertThat(consumer.receive(NONE_MS)).isNull();
        assertThat(text(deadLetter())).isEqualTo("rejected");
    }
}
