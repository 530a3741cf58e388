package io.polylog.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.polylog.disk.Disk;
import io.polylog.record.Header;
import io.polylog.record.Record;
import io.polylog.testkit.LogContents;
import io.polylog.testkit.TestGateway;
import io.polylog.testkit.VirtualClock;
import io.polylog.time.EpochClock;
import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Delivery delay and cancels by Qpid JMS over real sockets, on a gateway whose time the test moves. */
class JmsScheduleTest {
    private static final int WAIT_MS = 10_000;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @TempDir
    Path directory;

    private VirtualClock clock;
    private TestGateway gateway;
    private Connection connection;
    private Session session;
    private Queue queue;

    @BeforeEach
    void start() throws Exception {
        clock = new VirtualClock(EpochClock.system().timeMs()); // clients send times of their own clock
        open();
    }

    private void open() throws Exception {
        gateway = TestGateway.start(directory, Map.of(), Disk.system(), clock, new AmqpAdapterFactory());
        connection = new JmsConnectionFactory("amqp://localhost:" + gateway.port("amqp")
                        + "?jms.validatePropertyNames=false&jms.sendTimeout=10000&jms.requestTimeout=10000"
                        + "&jms.closeTimeout=5000")
                .createConnection();
        connection.start();
        session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        queue = session.createQueue("orders");
    }

    @AfterEach
    void stop() throws Exception {
        connection.close();
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    private Message send(Destination destination, String text, Duration delay, String... properties)
            throws JMSException {
        return send(destination, session.createTextMessage(text), delay, Duration.ZERO, properties);
    }

    private Message send(
            Destination destination, Message message, Duration delay, Duration timeToLive, String... properties)
            throws JMSException {
        try (MessageProducer producer = session.createProducer(destination)) {
            producer.setDeliveryDelay(delay.toMillis());
            producer.setTimeToLive(timeToLive.toMillis());
            for (int i = 0; i < properties.length; i += 2) {
                message.setStringProperty(properties[i], properties[i + 1]);
            }
            producer.send(message);
        }
        return message;
    }

    private void cancel(String id) throws JMSException {
        send(queue, session.createMessage(), Duration.ZERO, Duration.ZERO, "polylog-schedule-cancel", id);
    }

    /** Lets the gateway's time go on, a little at each look, until it has done what is due. */
    private void until(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> {
                    clock.advance(Duration.ofMillis(20));
                    return condition.call();
                });
    }

    private List<String> log() throws Exception {
        return LogContents.of(gateway.context(), "orders").stream()
                .map(record -> new String(record.value(), UTF_8))
                .toList();
    }

    private long waiting() {
        return gateway.context().schedules().count();
    }

    private static String text(Message message) throws JMSException {
        return ((TextMessage) message).getText();
    }

    @Test
    void delayedMessageComesWhenItIsDueAndOnce() throws Exception {
        Message sent = send(queue, "later", HOUR);
        send(queue, "now", Duration.ZERO);
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(text(consumer.receive(WAIT_MS))).isEqualTo("now");
        clock.advance(HOUR.minus(MINUTE));
        send(queue, "before", Duration.ZERO);
        assertThat(text(consumer.receive(WAIT_MS))).isEqualTo("before");
        assertThat(log()).containsExactly("now", "before");
        assertThat(waiting()).isOne();

        clock.advance(MINUTE.multipliedBy(2));
        until(() -> log().size() == 3);
        Message received = consumer.receive(WAIT_MS);
        assertThat(text(received)).isEqualTo("later");
        assertThat(received.getJMSDeliveryTime()).isEqualTo(sent.getJMSDeliveryTime());
        assertThat(received.getStringProperty("polylog-scheduled-at"))
                .isEqualTo(Long.toString(sent.getJMSDeliveryTime()));
        assertThat(received.getStringProperty("polylog-schedule-id")).isNotBlank();
        clock.advance(HOUR);
        send(queue, "last", Duration.ZERO);
        assertThat(text(consumer.receive(WAIT_MS))).isEqualTo("last");
        assertThat(log()).containsExactly("now", "before", "later", "last");
        assertThat(waiting()).isZero();
    }

    @Test
    void everyOtherReaderFindsItInTheLog() throws Exception {
        Message sent = send(queue, "later", MINUTE, "polylog-schedule-id", "order-42", "colour", "blue");
        clock.advance(MINUTE.multipliedBy(2));
        until(() -> log().size() == 1);
        Record record = LogContents.of(gateway.context(), "orders").get(0);
        assertThat(record.timestampMs()).isEqualTo(sent.getJMSDeliveryTime());
        assertThat(record.headers().lastText("polylog-schedule-id")).contains("order-42");
        assertThat(record.headers().lastText("polylog-scheduled-at"))
                .contains(Long.toString(sent.getJMSDeliveryTime()));
        assertThat(record.headers().lastText("colour")).contains("blue");
        assertThat(record.headers())
                .extracting(Header::key)
                .doesNotContain("polylog-deliver-at", "x-opt-delivery-time");
    }

    @Test
    void timeToLiveBeginsWhenTheMessageIsDue() throws Exception {
        Message sent = send(queue, session.createTextMessage("later"), HOUR, MINUTE);
        clock.advance(HOUR.plusSeconds(30));
        until(() -> waiting() == 0);
        Message received = session.createConsumer(queue).receive(WAIT_MS);
        assertThat(text(received)).isEqualTo("later");
        assertThat(received.getJMSExpiration()).isEqualTo(sent.getJMSDeliveryTime() + MINUTE.toMillis());
    }

    @Test
    void timeToLiveEndsAfterTheMessageWasDue() throws Exception {
        send(queue, session.createTextMessage("late"), HOUR, MINUTE);
        clock.advance(HOUR.plus(MINUTE.multipliedBy(2)));
        until(() -> waiting() == 0);
        MessageConsumer consumer = session.createConsumer(queue);
        until(() -> LogContents.of(gateway.context(), "orders.dlq").size() == 1);
        send(queue, "next", Duration.ZERO);
        assertThat(text(consumer.receive(WAIT_MS))).isEqualTo("next");
    }

    @ParameterizedTest
    @ValueSource(strings = {"message", "null text", "empty text", "empty bytes"})
    void emptyMessageCancels(String kind) throws Exception {
        send(queue, "later", HOUR, "polylog-schedule-id", "order-42");
        assertThat(waiting()).isOne();
        Message empty = switch (kind) {
            case "message" -> session.createMessage();
            case "null text" -> session.createTextMessage();
            case "empty text" -> session.createTextMessage("");
            default -> session.createBytesMessage();
        };
        send(queue, empty, Duration.ZERO, Duration.ZERO, "polylog-schedule-cancel", "order-42");
        assertThat(waiting()).isZero();
        clock.advance(HOUR.multipliedBy(2));
        send(queue, "next", Duration.ZERO);
        assertThat(text(session.createConsumer(queue).receive(WAIT_MS))).isEqualTo("next");
        assertThat(log()).containsExactly("next");
    }

    @Test
    void cancelThatFailsIsAnErrorAndNothingElse() throws Exception {
        assertThatThrownBy(() -> cancel("nothing"))
                .isInstanceOf(InvalidDestinationException.class)
                .hasMessageContaining("nothing of that id waits");
        send(queue, "later", MINUTE, "polylog-schedule-id", "order-42");
        clock.advance(MINUTE.multipliedBy(2));
        until(() -> log().size() == 1);
        assertThatThrownBy(() -> cancel("order-42"))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("too late")
                .hasMessageContaining("amqp:precondition-failed");
        assertThatThrownBy(() -> send(queue, "full", Duration.ZERO, "polylog-schedule-cancel", "order-42"))
                .hasMessageContaining("not empty")
                .hasMessageContaining("amqp:invalid-field");
        assertThatThrownBy(() -> send(queue, "far", Duration.ofDays(10_000))).hasMessageContaining("days");
        send(queue, "next", Duration.ZERO);
        assertThat(log()).containsExactly("later", "next");
    }

    @Test
    void messageOfTheSameIdTakesThePlace() throws Exception {
        send(queue, "first", HOUR, "polylog-schedule-id", "order-42");
        send(queue, "second", MINUTE, "polylog-schedule-id", "order-42");
        assertThat(waiting()).isOne();
        clock.advance(HOUR.multipliedBy(2));
        until(() -> !log().isEmpty());
        assertThat(log()).containsExactly("second");
        assertThat(waiting()).isZero();
    }

    @Test
    void whatWaitsSurvivesARestart() throws Exception {
        for (int i = 0; i < 20; i++) {
            send(queue, "at once " + i, MINUTE.plusSeconds(i));
            send(queue, "later " + i, HOUR.plusSeconds(i));
        }
        clock.advance(MINUTE.multipliedBy(2));
        until(() -> log().size() == 20);
        connection.close();
        gateway.close();
        clock.advance(HOUR.multipliedBy(2));
        open();
        until(() -> log().size() == 40);
        assertThat(waiting()).isZero();
        MessageConsumer consumer = session.createConsumer(queue);
        for (String kind : List.of("at once ", "later ")) {
            for (int i = 0; i < 20; i++) {
                assertThat(text(consumer.receive(WAIT_MS))).isEqualTo(kind + i);
            }
        }
        assertThat(consumer.receiveNoWait()).isNull();
        assertThat(log()).hasSize(40);
    }

    @Test
    void recurringMessageComesUntilItIsCancelled() throws Exception {
        send(queue, "tick", Duration.ZERO, "polylog-schedule", "@every 1m", "polylog-schedule-id", "ticker");
        MessageConsumer consumer = session.createConsumer(queue);
        long firstMs = 0;
        for (int i = 0; i < 3; i++) {
            int ticks = i + 1;
            clock.advance(MINUTE);
            until(() -> log().size() == ticks);
            Message tick = consumer.receive(WAIT_MS);
            assertThat(text(tick)).isEqualTo("tick");
            firstMs = i == 0 ? tick.getJMSDeliveryTime() : firstMs;
            assertThat(tick.getJMSDeliveryTime()).isEqualTo(firstMs + i * MINUTE.toMillis());
        }
        cancel("ticker");
        clock.advance(HOUR);
        send(queue, "next", Duration.ZERO);
        assertThat(text(consumer.receive(WAIT_MS))).isEqualTo("next");
        assertThat(log()).hasSize(4);
    }

    @Test
    void producerWithoutDestinationDelaysToo() throws Exception {
        try (MessageProducer anonymous = session.createProducer(null)) {
            anonymous.setDeliveryDelay(HOUR.toMillis());
            anonymous.send(queue, session.createTextMessage("later"));
        }
        assertThat(waiting()).isOne();
        clock.advance(HOUR.plus(MINUTE));
        until(() -> waiting() == 0);
        assertThat(text(session.createConsumer(queue).receive(WAIT_MS))).isEqualTo("later");
    }

    @Test
    void subscriberOfATopicGetsItWhenItIsDue() throws Exception {
        MessageConsumer subscriber = session.createConsumer(session.createTopic("orders"));
        send(session.createTopic("orders"), "later", HOUR);
        send(session.createTopic("orders"), "now", Duration.ZERO);
        assertThat(text(subscriber.receive(WAIT_MS))).isEqualTo("now");
        clock.advance(HOUR.plus(MINUTE));
        until(() -> waiting() == 0);
        assertThat(text(subscriber.receive(WAIT_MS))).isEqualTo("later");
    }

    @Test
    void temporaryQueueTakesNothingForLater() throws Exception {
        Queue temporary = session.createTemporaryQueue();
        for (Destination destination : List.of(temporary, session.createTemporaryTopic())) {
            assertThatThrownBy(() -> send(destination, "later", HOUR))
                    .hasMessageContaining("dynamic node")
                    .hasMessageContaining("amqp:not-implemented");
        }
        send(temporary, "now", Duration.ZERO);
        assertThat(text(session.createConsumer(temporary).receive(WAIT_MS))).isEqualTo("now");
    }

    @Test
    void messageThatCameCanBeSentOnAsItIs() throws Exception {
        send(queue, "tick", Duration.ZERO, "polylog-schedule", "@every 1m", "polylog-schedule-id", "ticker");
        MessageConsumer consumer = session.createConsumer(queue);
        clock.advance(MINUTE);
        until(() -> log().size() == 1);
        Message tick = consumer.receive(WAIT_MS);
        try (MessageProducer producer = session.createProducer(queue)) {
            producer.send(tick);
        }
        assertThat(text(consumer.receive(WAIT_MS))).isEqualTo("tick");
        assertThat(waiting()).isOne(); // the ticker goes on
    }
}
