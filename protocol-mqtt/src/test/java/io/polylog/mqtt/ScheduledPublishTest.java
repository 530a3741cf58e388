package io.polylog.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Topic;
import io.polylog.broker.TopicSpec;
import io.polylog.disk.Disk;
import io.polylog.mqtt.Paho5.Received;
import io.polylog.testkit.TestGateway;
import io.polylog.testkit.VirtualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that stock MQTT clients publish for another time, on a clock that the test turns. */
@Execution(ExecutionMode.CONCURRENT)
class ScheduledPublishTest {

    private static final long START_MS = 1_800_000_000_000L;

    @TempDir
    Path directory;

    private final VirtualClock clock = new VirtualClock(START_MS);
    private TestGateway gateway;
    private Paho5 subscriber;
    private MqttAsyncClient asker;

    @BeforeEach
    void start() throws Exception {
        gateway = TestGateway.start(directory, Map.of(), Disk.system(), clock, new MqttAdapterFactory());
        subscriber = new Paho5(uri(), "subscriber", options());
        subscriber.subscribe("orders/#", 1);
        asker = new MqttAsyncClient(uri(), "asker", new MemoryPersistence());
    }

    @AfterEach
    void stop() throws Exception {
        close(asker);
        subscriber.close();
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void delaysByTheTopic(int qos) throws Exception {
        try (Mqtt3Client publisher = new Mqtt3Client(uri())) {
            publisher.publish("$delayed/900/orders/42", "later", qos);
            publisher.publish("$delayed/" + (START_MS / 1000 + 600) + "/orders/42", "sooner", qos);
            awaitWaiting(2);
            publisher.publish("orders/42", "now", qos);
        }
        assertThat(subscriber.next().text()).isEqualTo("now");

        clock.advance(Duration.ofMinutes(10).minusMillis(1));
        assertThat(waiting()).isEqualTo(2);
        clock.advance("1ms");
        assertThat(subscriber.next().text()).isEqualTo("sooner");
        clock.advance(Duration.ofMinutes(5).minusMillis(1));
        assertThat(waiting()).isEqualTo(1);
        clock.advance("1ms");
        Received later = subscriber.next();
        assertThat(later.topic()).isEqualTo("orders/42");
        assertThat(later.text()).isEqualTo("later");
        assertThat(property(later.message(), "polylog-scheduled-at")).isEqualTo(Long.toString(START_MS + 900_000));
        assertThat(subscriber.received).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void delaysAndCancelsByUserProperties(int qos) throws Exception {
        try (Paho5 publisher = new Paho5(uri(), "publisher", options())) {
            publish(publisher, "orders/42", "paid?", qos, "polylog-delay", "PT15M", "polylog-schedule-id", "order-42");
            publish(publisher, "orders/43", "paid?", qos, "polylog-delay", "PT15M", "polylog-schedule-id", "order-43");
            assertThat(waiting()).isEqualTo(2);
            publish(publisher, "orders/42", "", qos, "polylog-schedule-cancel", "order-42");
            assertThat(waiting()).isEqualTo(1);
            clock.advance("15m");
            Received reminder = subscriber.next();
            assertThat(reminder.topic()).isEqualTo("orders/43");
            assertThat(property(reminder.message(), "polylog-schedule-id")).isEqualTo("order-43");
            assertThat(property(reminder.message(), "polylog-delay")).isNull();
            publisher.publish("orders/44", "end", qos);
            assertThat(subscriber.next().text()).isEqualTo("end");
        }
    }

    @Test
    void cancelsByTheTopicAndAcknowledgesVainCancelsToClientsThatCannotBeToldWhy() throws Exception {
        try (Mqtt3Client publisher = new Mqtt3Client(uri());
                Paho5 other = new Paho5(uri(), "other", options())) {
            publish(other, "orders/eu/42", "paid?", 1, "polylog-delay", "PT15M", "polylog-schedule-id", "42");
            publisher.publish("$schedule/cancel/orders/42", "", 1);
            assertThat(waiting()).isZero();
            publisher.publish("$schedule/cancel/orders/nothing", "whatever", 1);
            publisher.publish("$schedule/cancel/orders/nothing", "", 2);
            publisher.publish("orders/42", "still here", 1);
            assertThat(subscriber.next().text()).isEqualTo("still here");
            assertThat(refusal("$schedule/cancel/orders/nothing", message("", 1)))
                    .isEqualTo("0x83 nothing of that id waits for topic mqtt");
        }
    }

    @Test
    void repeatsUntilItIsCancelled() throws Exception {
        try (Paho5 publisher = new Paho5(uri(), "publisher", options())) {
            publish(publisher, "orders/t", "tick", 1, "polylog-schedule", "@every 20s", "polylog-schedule-id", "t");
            for (int i = 1; i <= 3; i++) {
                clock.advance(Duration.ofSeconds(20));
                assertThat(subscriber.next().text()).isEqualTo("tick");
            }
            publisher.publish("$schedule/cancel/orders/t", "", 1);
            assertThat(waiting()).isZero();
        }
    }

    @Test
    void retainsAndExpiresFromTheMomentThatItIsDue() throws Exception {
        try (Paho5 publisher = new Paho5(uri(), "publisher", options())) {
            MqttMessage kept = message("kept", 1, "polylog-delay", "1m");
            kept.setRetained(true);
            kept.getProperties().setMessageExpiryInterval(60L);
            publisher.client.publish("orders/r", kept);
            try (Paho5 early = new Paho5(uri(), "early", options())) {
                early.subscribe("orders/r", 1);
                clock.advance(Duration.ofMinutes(1));
                Received received = early.next();
                assertThat(received.message().isRetained()).isFalse();
                assertThat(received.message().getProperties().getMessageExpiryInterval())
                        .isEqualTo(60);
            }
            Awaitility.await().untilAsserted(() -> {
                try (Paho5 late = new Paho5(uri(), "late", options())) {
                    late.subscribe("orders/r", 1);
                    assertThat(late.next().message().isRetained()).isTrue();
                }
            });
        }
    }

    @Test
    void refusesWhatItCannotUnderstandAndLosesNothingElse() throws Exception {
        for (String topic : List.of(
                "$delayed/orders",
                "$delayed/soon/orders",
                "$delayed/-5/orders",
                "$delayed/5/",
                "$delayed/5/$delayed/5/orders",
                "$delayed/5/$SYS/orders",
                "$delayed/9999999999999999/orders",
                "$schedule/cancel/orders",
                "$schedule/else")) {
            assertThat(refusal(topic, message("x", 1))).as(topic).startsWith("0x90 ");
        }
        for (String topic : List.of("$delayed/42949670000/orders", "$schedule/cancel/orders/")) {
            assertThat(refusal(topic, message("x", 1))).as(topic).startsWith("0x83 ");
        }
        assertThat(refusalOfQos2("$delayed/soon/orders")).isEqualTo("0x90");
        assertThat(refusalOfQos2("$delayed/42949670000/orders")).isEqualTo("0x83");
        assertThat(refusal("orders/1", message("x", 1, "polylog-delay", "4000d")))
                .isEqualTo("0x83 the message would wait 4000 days; at most 3653 are allowed");
        assertThat(waiting()).isZero();
        assertThat(refusal("orders/1", message("taken", 1))).isEqualTo("0x0 null");
        assertThat(subscriber.next().text()).isEqualTo("taken");
    }

    @Test
    void refusesTopicsOfOtherTimesWhereTheTopicTakesHeadersAsTheyAre() throws Exception {
        TopicSpec spec = new TopicSpec("plain", 1, Map.of("polylog.schedule", "false"));
        Topic plain =
                gateway.context().topics().create(spec).toCompletableFuture().join();
        try (Paho5 publisher = new Paho5(uri(), "publisher", options())) {
            subscriber.subscribe(plain.name() + "/#", 1);
            assertThat(refusal("$delayed/5/plain/1", message("x", 1))).startsWith("0x83 ");
            publish(publisher, "plain/1", "as it is", 1, "polylog-delay", "5m");
            Received received = subscriber.next();
            assertThat(received.text()).isEqualTo("as it is");
            assertThat(property(received.message(), "polylog-delay")).isEqualTo("5m");
        }
    }

    @Test
    void comesAfterARestartToASessionThatWasAway() throws Exception {
        MqttConnectionOptions lasting = options();
        lasting.setCleanStart(false);
        lasting.setSessionExpiryInterval(86_400L);
        try (Paho5 absent = new Paho5(uri(), "absent", lasting)) {
            absent.subscribe("orders/#", 1);
        }
        try (Mqtt3Client publisher = new Mqtt3Client(uri())) {
            publisher.publish("$delayed/60/orders/42", "later", 2);
        }
        stop();
        clock.advance(Duration.ofMinutes(2));
        gateway = TestGateway.start(directory, Map.of(), Disk.system(), clock, new MqttAdapterFactory());
        Awaitility.await().until(() -> waiting() == 0);
        subscriber = new Paho5(uri(), "absent", lasting);
        assertThat(subscriber.next().text()).isEqualTo("later");
        assertThat(subscriber.received).isEmpty();
    }

    private long waiting() {
        return gateway.context().schedules().count();
    }

    private void awaitWaiting(long count) {
        Awaitility.await().until(() -> waiting() == count);
    }

    private String uri() {
        return "tcp://127.0.0.1:" + gateway.port("mqtt");
    }

    /** The reason code and reason string that a publish of QoS 1 is answered with. */
    private String refusal(String topic, MqttMessage message) throws MqttException {
        if (!asker.isConnected()) {
            asker.connect().waitForCompletion(20_000);
        }
        IMqttToken token = asker.publish(topic, message);
        token.waitForCompletion(20_000);
        return "0x" + Integer.toHexString(token.getReasonCodes()[0]) + " "
                + token.getResponseProperties().getReasonString();
    }

    /** The reason code that a publish of QoS 2 is answered with; Paho gives up on a connection whose PUBREC refuses. */
    private String refusalOfQos2(String topic) throws MqttException {
        MqttAsyncClient client = new MqttAsyncClient(uri(), "qos2", new MemoryPersistence());
        client.connect().waitForCompletion(20_000);
        try {
            client.publish(topic, message("x", 2)).waitForCompletion(20_000);
            return "taken";
        } catch (MqttException refused) {
            return "0x" + Integer.toHexString(refused.getReasonCode());
        } finally {
            close(client);
        }
    }

    private static void close(MqttAsyncClient client) throws MqttException {
        if (client.isConnected()) {
            client.disconnect().waitForCompletion(20_000);
        }
        client.close(true);
    }

    private static MqttConnectionOptions options() {
        return new MqttConnectionOptions();
    }

    private static void publish(Paho5 client, String topic, String text, int qos, String... properties)
            throws MqttException {
        client.client.publish(topic, message(text, qos, properties));
    }

    private static MqttMessage message(String text, int qos, String... properties) {
        MqttProperties all = new MqttProperties();
        List<UserProperty> user = new ArrayList<>();
        for (int i = 0; i < properties.length; i += 2) {
            user.add(new UserProperty(properties[i], properties[i + 1]));
        }
        all.setUserProperties(user);
        return new MqttMessage(text.getBytes(UTF_8), qos, false, all);
    }

    private static String property(MqttMessage message, String name) {
        return message.getProperties().getUserProperties().stream()
                .filter(property -> property.getKey().equals(name))
                .map(UserProperty::getValue)
                .findFirst()
                .orElse(null);
    }

    /** A client that knows no user properties. */
    private static final class Mqtt3Client implements AutoCloseable {
        private final org.eclipse.paho.client.mqttv3.MqttClient client;

        Mqtt3Client(String uri) throws org.eclipse.paho.client.mqttv3.MqttException {
            client = new org.eclipse.paho.client.mqttv3.MqttClient(
                    uri, "mqtt3", new org.eclipse.paho.client.mqttv3.persist.MemoryPersistence());
            client.setTimeToWait(20_000);
            client.connect();
        }

        void publish(String topic, String text, int qos) throws org.eclipse.paho.client.mqttv3.MqttException {
            client.publish(topic, text.getBytes(UTF_8), qos, false);
        }

        @Override
        public void close() throws org.eclipse.paho.client.mqttv3.MqttException {
            client.disconnect();
            client.close();
        }
    }
}
