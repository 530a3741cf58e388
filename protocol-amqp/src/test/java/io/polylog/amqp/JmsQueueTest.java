package io.polylog.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Topic;
import io.polylog.record.Header;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.testkit.TestGateway;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queues through Qpid JMS over real sockets. */
class JmsQueueTest {
    private static final int WAIT_MS = 10_000;

    @TempDir
    Path directory;

    private TestGateway gateway;
    private Connection connection;
    private Session session;
    private Queue queue;

    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.start(directory, new AmqpAdapterFactory());
        connection = connect("");
        session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        queue = session.createQueue("orders");
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

    private void send(String... texts) throws JMSException {
        MessageProducer producer = session.createProducer(queue);
        for (String text : texts) {
            producer.send(session.createTextMessage(text));
        }
        producer.close();
    }

    private static String text(Message message) throws JMSException {
        return ((TextMessage) message).getText();
    }

    @Test
    void queueKeepsMessagesAndTheirOrder() throws Exception {
        send("1", "2", "3");
        MessageConsumer consumer = session.createConsumer(queue);
        for (String expected : List.of("1", "2", "3")) {
            Message message = consumer.receive(WAIT_MS);
            assertThat(text(message)).isEqualTo(expected);
            assertThat(message.getJMSRedelivered()).isFalse();
            assertThat(message.getJMSDestination()).isEqualTo(queue);
        }
        assertThat(consumer.receiveNoWait()).isNull();
        Topic topic = gateway.context().topics().find("orders").orElseThrow();
        assertThat(topic.partitionCount()).isEqualTo(1);
        assertThat(topic.config()).containsEntry("polylog.retention", "queue");
    }

    @Test
    void acknowledgedMessageDoesNotComeBack() throws Exception {
        send("1", "2");
        Connection first = connect("");
        Session acknowledging = first.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = acknowledging.createConsumer(queue);
        consumer.receive(WAIT_MS).acknowledge();
        first.close();
        MessageConsumer next = session.createConsumer(queue);
        assertThat(text(next.receive(WAIT_MS))).isEqualTo("2");
        assertThat(next.receiveNoWait()).isNull();
    }

    @Test
    void unacknowledgedMessageComesBackWhenItsConsumerIsClosed() throws Exception {
        send("1", "2");
        Connection first = connect("");
        Session acknowledging = first.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        assertThat(text(acknowledging.createConsumer(queue).receive(WAIT_MS))).isEqualTo("1");
        first.close();
        MessageConsumer next = session.createConsumer(queue);
        Message again = next.receive(WAIT_MS);
        assertThat(text(again)).isEqualTo("1");
        assertThat(text(next.receive(WAIT_MS))).isEqualTo("2");
    }

    @Test
    void messageOfAKilledConsumerIsRedeliveredAsSuch() throws Exception {
        send("1");
        // A consumer of its own making, whose socket can be cut without a word.
        try (RawClient killed = RawClient.connect(gateway.port("amqp"))) {
            killed.open();
            killed.begin();
            killed.attachReceiver("orders");
            killed.credit(10);
            killed.awaitTransfer();
        }
        Message again = session.createConsumer(queue).receive(WAIT_MS);
        assertThat(text(again)).isEqualTo("1");
        assertThat(again.getJMSRedelivered()).isTrue();
        assertThat(again.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
    }

    @Test
    void recoveredSessionGetsItsMessagesAgain() throws Exception {
        send("1", "2");
        Session acknowledging = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = acknowledging.createConsumer(queue);
        assertThat(text(consumer.receive(WAIT_MS))).isEqualTo("1");
        acknowledging.recover();
        Message again = consumer.receive(WAIT_MS);
        assertThat(text(again)).isEqualTo("1");
        assertThat(again.getJMSRedelivered()).isTrue();
        assertThat(text(consumer.receive(WAIT_MS))).isEqualTo("2");
    }

    @Test
    void twoConsumersShareAQueue() throws Exception {
        Connection other = connect("&jms.prefetchPolicy.all=1");
        Connection another = connect("&jms.prefetchPolicy.all=1");
        List<String> received = Collections.synchronizedList(new ArrayList<>());
        Set<String> consumers = Collections.synchronizedSet(new TreeSet<>());
        int index = 0;
        for (Connection each : List.of(other, another)) {
            Session own = each.createSession(false, Session.AUTO_ACKNOWLEDGE);
            String name = "consumer" + index++;
            own.createConsumer(queue).setMessageListener(message -> {
                try {
                    received.add(text(message));
                    consumers.add(name);
                } catch (JMSException impossible) {
                    throw new IllegalStateException(impossible);
                }
            });
        }
        String[] texts = new String[200];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = "m" + i;
        }
        send(texts);
        org.awaitility.Awaitility.await().until(() -> received.size() >= texts.length);
        assertThat(received).containsExactlyInAnyOrder(texts);
        assertThat(consumers).hasSize(2);
        other.close();
        another.close();
    }

    @Test
    void everyKindOfMessageComesBack() throws Exception {
        MessageProducer producer = session.createProducer(queue);
        BytesMessage bytes = session.createBytesMessage();
        bytes.writeBytes(new byte[] {1, 2, 3});
        producer.send(bytes);
        MapMessage map = session.createMapMessage();
        map.setLong("n", 7);
        map.setBytes("b", new byte[] {4});
        producer.send(map);
        StreamMessage stream = session.createStreamMessage();
        stream.writeInt(5);
        stream.writeString("six");
        producer.send(stream);
        producer.send(session.createObjectMessage(new ArrayList<>(List.of("object"))));
        producer.send(session.createMessage());
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(((BytesMessage) consumer.receive(WAIT_MS)).getBody(byte[].class))
                .containsExactly(1, 2, 3);
        MapMessage receivedMap = (MapMessage) consumer.receive(WAIT_MS);
        assertThat(receivedMap.getLong("n")).isEqualTo(7);
        assertThat(receivedMap.getBytes("b")).containsExactly(4);
        StreamMessage receivedStream = (StreamMessage) consumer.receive(WAIT_MS);
        assertThat(receivedStream.readInt()).isEqualTo(5);
        assertThat(receivedStream.readString()).isEqualTo("six");
        assertThat(consumer.receive(WAIT_MS)).isInstanceOf(ObjectMessage.class);
        assertThat(consumer.receive(WAIT_MS)).isNotNull();
    }

    @Test
    void propertiesOfEveryTypeComeBack() throws Exception {
        Message message = session.createTextMessage("x");
        message.setBooleanProperty("bool", true);
        message.setByteProperty("byte", (byte) 1);
        message.setShortProperty("short", (short) 2);
        message.setIntProperty("int", 3);
        message.setLongProperty("long", 4);
        message.setFloatProperty("float", 5.5f);
        message.setDoubleProperty("double", 6.5);
        message.setStringProperty("string", "seven");
        message.setJMSType("type");
        message.setJMSCorrelationID("correlation");
        message.setJMSReplyTo(session.createQueue("replies"));
        session.createProducer(queue).send(message);
        Message received = session.createConsumer(queue).receive(WAIT_MS);
        for (String name : List.of("bool", "byte", "short", "int", "long", "float", "double", "string")) {
            assertThat(received.getObjectProperty(name)).as(name).isEqualTo(message.getObjectProperty(name));
        }
        assertThat(received.getJMSType()).isEqualTo("type");
        assertThat(received.getJMSCorrelationID()).isEqualTo("correlation");
        assertThat(received.getJMSReplyTo()).isEqualTo(session.createQueue("replies"));
        assertThat(received.getJMSMessageID()).isEqualTo(message.getJMSMessageID());
        assertThat(received.getJMSTimestamp()).isEqualTo(message.getJMSTimestamp());
    }

    @Test
    void recordsOfAnotherProtocolAreAQueueFromTheEarliest() throws Exception {
        Topic topic = gateway.context()
                .topics()
                .ensure("orders")
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        for (int i = 0; i < 3; i++) {
            Record record = new Record(
                    ("k" + i).getBytes(UTF_8),
                    ("v" + i).getBytes(UTF_8),
                    1_000 + i,
                    Headers.of(Header.text("content-type", "text/plain")));
            gateway.context()
                    .publisher()
                    .publish(topic, record)
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
        }
        MessageConsumer consumer = session.createConsumer(queue);
        for (int i = 0; i < 3; i++) {
            assertThat(text(consumer.receive(WAIT_MS))).isEqualTo("v" + i);
        }
    }

    @Test
    void shareGroupIsAQueueOfItsOwn() throws Exception {
        MessageConsumer audit = session.createConsumer(session.createQueue("orders::audit"));
        send("1");
        assertThat(text(audit.receive(WAIT_MS))).isEqualTo("1");
        assertThat(text(session.createConsumer(queue).receive(WAIT_MS))).isEqualTo("1");
    }

    @Test
    void pullConsumerDrainsItsCredit() throws Exception {
        Connection pulling = connect("&jms.prefetchPolicy.all=0");
        MessageConsumer consumer =
                pulling.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
        assertThat(consumer.receiveNoWait()).isNull();
        assertThat(consumer.receive(200)).isNull();
        send("1", "2");
        assertThat(text(consumer.receive(WAIT_MS))).isEqualTo("1");
        assertThat(text(consumer.receiveNoWait())).isEqualTo("2");
        assertThat(consumer.receiveNoWait()).isNull();
        pulling.close();
    }

    @Test
    void presettledConsumerTakesMessagesAsTheyAreSent() throws Exception {
        send("1", "2");
        Connection presettled = connect("&jms.presettlePolicy.presettleConsumers=true");
        MessageConsumer consumer =
                presettled.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
        assertThat(text(consumer.receive(WAIT_MS))).isEqualTo("1");
        assertThat(text(consumer.receive(WAIT_MS))).isEqualTo("2");
        presettled.close();
        assertThat(session.createConsumer(queue).receive(500)).isNull();
    }

    @Test
    void presettledProducerIsTaken() throws Exception {
        Connection presettled = connect("&jms.presettlePolicy.presettleProducers=true");
        Session own = presettled.createSession(false, Session.AUTO_ACKNOWLEDGE);
        own.createProducer(queue).send(own.createTextMessage("1"));
        assertThat(text(session.createConsumer(queue).receive(WAIT_MS))).isEqualTo("1");
        presettled.close();
    }

    @Test
    void browserLooksWithoutTaking() throws Exception {
        send("1", "2");
        QueueBrowser browser = session.createBrowser(queue);
        List<String> seen = new ArrayList<>();
        for (Object message : Collections.list(browser.getEnumeration())) {
            seen.add(text((Message) message));
        }
        browser.close();
        assertThat(seen).containsExactly("1", "2");
        assertThat(text(session.createConsumer(queue).receive(WAIT_MS))).isEqualTo("1");
    }

    @Test
    void largeMessagesGoThroughAQueue() throws Exception {
        byte[] large = new byte[5 << 20];
        new java.util.Random(3).nextBytes(large);
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(large);
        session.createProducer(queue).send(message);
        BytesMessage received = (BytesMessage) session.createConsumer(queue).receive(WAIT_MS);
        assertThat(received.getBody(byte[].class)).isEqualTo(large);
    }

    @Test
    void messagesAreThereAfterARestart() throws Exception {
        send("1", "2");
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(text(consumer.receive(WAIT_MS))).isEqualTo("1");
        connection.close();
        gateway.close();
        start();
        MessageConsumer next = session.createConsumer(queue);
        assertThat(text(next.receive(WAIT_MS))).isEqualTo("2");
        assertThat(next.receiveNoWait()).isNull();
    }
}
