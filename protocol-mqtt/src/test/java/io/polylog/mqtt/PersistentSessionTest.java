package io.polylog.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.polylog.record.Headers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class PersistentSessionTest {

    @TempDir
    Path directory;

    @TempDir
    Path copy;

    private MqttGateway gateway;

    @BeforeEach
    void open() throws IOException {
        gateway = new MqttGateway(directory, Map.of("default-partitions", "2"));
    }

    @AfterEach
    void close() throws IOException {
        gateway.close();
    }

    private void restart() throws IOException {
        gateway.close();
        gateway = new MqttGateway(directory, Map.of("default-partitions", "2"));
    }

    private static MqttConnectionOptions lasting(boolean cleanStart, long expirySeconds) {
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setCleanStart(cleanStart);
        options.setSessionExpiryInterval(expirySeconds);
        return options;
    }

    @Test
    void deliversWhatWasPublishedInTheClientsAbsence() throws Exception {
        try (Paho5 publisher = new Paho5(gateway, "pub")) {
            Paho5 first = new Paho5(gateway, "sub", lasting(true, 3600));
            assertThat(first.connected.getSessionPresent()).isFalse();
            first.subscribe("a/+", 2);
            publisher.publish("a/1", "while there", 1);
            assertThat(first.next().text()).isEqualTo("while there");
            first.close();
            publisher.publish("a/1", "zero", 0);
            publisher.publish("a/1", "one", 1);
            publisher.publish("a/2", "two", 2);
            try (Paho5 again = new Paho5(gateway, "sub", lasting(false, 3600))) {
                assertThat(again.connected.getSessionPresent()).isTrue();
                assertThat(again.texts(2)).containsExactlyInAnyOrder("one", "two");
                publisher.publish("a/3", "now", 0);
                assertThat(again.next().text()).isEqualTo("now");
            }
        }
    }

    @Test
    void keepsASessionOfMqtt3AcrossARestart() throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        org.eclipse.paho.client.mqttv3.MqttClient client = mqtt3(received);
        MqttConnectOptions options = new MqttConnectOptions();
        options.setCleanSession(false);
        assertThat(client.connectWithResult(options).getSessionPresent()).isFalse();
        client.subscribe("old/#", 1);
        client.disconnect();
        client.close();
        try (Paho5 publisher = new Paho5(gateway, "pub")) {
            publisher.publish("old/x", "kept", 1);
        }
        restart();
        client = mqtt3(received);
        assertThat(client.connectWithResult(options).getSessionPresent()).isTrue();
        assertThat(received.poll(30, TimeUnit.SECONDS)).isEqualTo("kept");
        client.disconnect();
        options.setCleanSession(true);
        assertThat(client.connectWithResult(options).getSessionPresent()).isFalse();
        client.disconnect();
        options.setCleanSession(false);
        assertThat(client.connectWithResult(options).getSessionPresent()).isFalse();
        client.disconnect();
        client.close();
    }

    private org.eclipse.paho.client.mqttv3.MqttClient mqtt3(BlockingQueue<String> received) throws Exception {
        var client = new org.eclipse.paho.client.mqttv3.MqttClient(
                gateway.uri(), "three", new org.eclipse.paho.client.mqttv3.persist.MemoryPersistence());
        client.setCallback(new MqttCallback() {
            @Override
            public void connectionLost(Throwable cause) {}

            @Override
            public void messageArrived(String topic, org.eclipse.paho.client.mqttv3.MqttMessage message) {
                received.add(new String(message.getPayload(), UTF_8));
            }

            @Override
            public void deliveryComplete(IMqttDeliveryToken token) {}
        });
        return client;
    }

    @Test
    void sendsAgainInOrderUnderTheSameIdentifiersWhatWasNotAcknowledged() throws Exception {
        WireClient first = WireClient.lasting(gateway, "s", true);
        assertThat(first.next()).isEqualTo("CONNACK present=0 00");
        assertThat(first.subscribe(1, "t", 1).next()).isEqualTo("SUBACK id=1 01");
        try (Paho5 publisher = new Paho5(gateway, "pub")) {
            for (int i = 1; i <= 3; i++) {
                publisher.publish("t", "m" + i, 1);
            }
            for (int i = 1; i <= 3; i++) {
                assertThat(first.next()).isEqualTo("PUBLISH q1 id=" + i + " t m" + i);
            }
            first.pubAck(2);
            assertThat(first.isQuiet()).isTrue();
            first.close();
            try (WireClient again = WireClient.lasting(gateway, "s", false)) {
                assertThat(again.next()).isEqualTo("CONNACK present=1 00");
                assertThat(again.next()).isEqualTo("PUBLISH q1 id=1 dup t m1");
                assertThat(again.next()).isEqualTo("PUBLISH q1 id=3 dup t m3");
                again.pubAck(1).pubAck(3);
                publisher.publish("t", "m4", 1);
                assertThat(again.next()).isEqualTo("PUBLISH q1 id=4 t m4");
            }
        }
    }

    @Test
    void respectsTheReceiveMaximumWhenItSendsAgain() throws Exception {
        WireClient first = WireClient.lasting(gateway, "s", true);
        first.next();
        first.subscribe(1, "t", 1).next();
        try (Paho5 publisher = new Paho5(gateway, "pub")) {
            for (int i = 1; i <= 3; i++) {
                publisher.publish("t", "m" + i, 1);
                assertThat(first.next()).endsWith("m" + i);
            }
        }
        first.close();
        try (WireClient again = new WireClient(gateway, 5)) {
            again.connect("s", false, "11 00000e10 21 0002").next();
            assertThat(again.next()).isEqualTo("PUBLISH q1 id=1 dup t m1");
            assertThat(again.next()).isEqualTo("PUBLISH q1 id=2 dup t m2");
            assertThat(again.isQuiet()).isTrue();
            again.pubAck(2);
            assertThat(again.next()).isEqualTo("PUBLISH q1 id=3 dup t m3");
        }
    }

    @Test
    void survivesAKillWithItsSubscriptionsAndDeliveries() throws Exception {
        WireClient first = WireClient.lasting(gateway, "s", true);
        first.next();
        first.subscribe(1, "t", 2).next();
        try (Paho5 publisher = new Paho5(gateway, "pub")) {
            publisher.publish("t", "m1", 2);
            publisher.publish("t", "m2", 2);
            assertThat(first.next()).isEqualTo("PUBLISH q2 id=1 t m1");
            assertThat(first.next()).isEqualTo("PUBLISH q2 id=2 t m2");
            assertThat(first.pubRec(1).next()).isEqualTo("PUBREL id=1");
            publisher.publish("other", "x", 1);
        }
        try (MqttGateway next = gateway.afterKill(copy)) {
            try (Paho5 publisher = new Paho5(next, "pub")) {
                publisher.publish("t", "m3", 1);
            }
            try (WireClient again = WireClient.lasting(next, "s", false)) {
                assertThat(again.next()).isEqualTo("CONNACK present=1 00");
                assertThat(again.next()).isEqualTo("PUBREL id=1");
                assertThat(again.next()).isEqualTo("PUBLISH q2 id=2 dup t m2");
                assertThat(again.next()).isEqualTo("PUBLISH q1 id=3 t m3");
                again.pubComp(1);
                assertThat(again.pubRec(2).next()).isEqualTo("PUBREL id=2");
                again.pubComp(2).pubAck(3);
                assertThat(again.isQuiet()).isTrue();
                again.disconnect();
            }
            try (WireClient last = WireClient.lasting(next, "s", false)) {
                assertThat(last.next()).isEqualTo("CONNACK present=1 00");
                assertThat(last.isQuiet()).isTrue();
            }
        }
        first.close();
    }

    @Test
    void endsWhenItsClientStaysAway() throws Exception {
        WireClient first = new WireClient(gateway, 5);
        first.connect("brief", true, "11 00000001").next();
        first.subscribe(1, "t", 1).next();
        first.close();
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() ->
                        assertThat(gateway.context().sessions().isKept("brief")).isFalse());
        try (WireClient again = new WireClient(gateway, 5)) {
            assertThat(again.connect("brief", false, "11 00000001").next()).isEqualTo("CONNACK present=0 00");
        }
    }

    @Test
    void endsAfterARestartToo() throws Exception {
        WireClient first = new WireClient(gateway, 5);
        first.connect("brief", true, "11 00000001").next();
        assertThat(first.subscribe(1, "t", 1).next()).startsWith("SUBACK");
        try (MqttGateway next = gateway.afterKill(copy)) {
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(next.context().sessions().isKept("brief"))
                            .isFalse());
        }
        first.close();
    }

    @Test
    void takesAnotherExpiryFromDisconnect() throws Exception {
        WireClient client = WireClient.lasting(gateway, "s", true);
        client.next();
        client.raw("e0 07 00 05 11 00000000").next(); // normal, session expiry 0
        try (WireClient again = WireClient.lasting(gateway, "s", false)) {
            assertThat(again.next()).isEqualTo("CONNACK present=0 00");
        }
        try (WireClient transientClient = new WireClient(gateway, 5)) {
            transientClient.connect("t", true, "").next();
            transientClient.raw("e0 07 00 05 11 00000001");
            assertThat(transientClient.next()).isEqualTo("DISCONNECT 82");
        }
    }

    @Test
    void passesFromConnectionToConnection() throws Exception {
        WireClient first = WireClient.lasting(gateway, "s", true);
        first.next();
        first.subscribe(1, "t", 1).next();
        gateway.createTopic("t", 1);
        gateway.publish("t", null, "m1", Headers.EMPTY);
        assertThat(first.next()).isEqualTo("PUBLISH q1 id=1 t m1");
        try (WireClient second = WireClient.lasting(gateway, "s", false)) {
            assertThat(first.next()).isEqualTo("DISCONNECT 8e");
            assertThat(second.next()).isEqualTo("CONNACK present=1 00");
            assertThat(second.next()).isEqualTo("PUBLISH q1 id=1 dup t m1");
            try (WireClient fresh = new WireClient(gateway, 5)) {
                assertThat(fresh.connect("s", true, "").next()).isEqualTo("CONNACK present=0 00");
                assertThat(second.next()).isEqualTo("DISCONNECT 8e");
            }
        }
        assertThat(gateway.context().sessions().isKept("s")).isFalse();
        first.close();
    }

    @Test
    void beginsWithTopicsThatWereMadeInItsAbsence() throws Exception {
        WireClient first = WireClient.lasting(gateway, "s", true);
        first.next();
        first.subscribe(1, "#", 1).next();
        first.disconnect();
        gateway.createTopic("later", 3);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            gateway.publish("later", "k" + i, "v" + i, Headers.EMPTY);
            expected.add("later/k" + i + " v" + i);
        }
        try (WireClient again = WireClient.lasting(gateway, "s", false)) {
            again.next();
            List<String> received = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                received.add(again.next().replaceFirst("PUBLISH q1 id=\\d+ ", ""));
            }
            assertThat(received).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    void forgetsWhatIsUnsubscribed() throws Exception {
        WireClient first = WireClient.lasting(gateway, "s", true);
        first.next();
        first.subscribe(1, "t", 1).next();
        assertThat(first.raw("a2 06 0002 00 0001 74").next()).isEqualTo("UNSUBACK id=2");
        first.close();
        try (Paho5 publisher = new Paho5(gateway, "pub")) {
            publisher.publish("t", "m", 1);
        }
        try (WireClient again = WireClient.lasting(gateway, "s", false)) {
            assertThat(again.next()).isEqualTo("CONNACK present=1 00");
            assertThat(again.isQuiet()).isTrue();
        }
    }
}
