package io.polylog.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Topic;
import io.polylog.mqtt.Paho5.Received;
import io.polylog.record.Header;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.testkit.LogContents;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class Mqtt5Test {

    @TempDir
    Path directory;

    private MqttGateway gateway;

    @BeforeEach
    void open() throws IOException {
        gateway = new MqttGateway(
                directory,
                Map.of(
                        "mqtt.max-keep-alive-seconds",
                        "60",
                        "mqtt.max-session-expiry-seconds",
                        "1800",
                        "default-partitions",
                        "3"));
    }

    @AfterEach
    void close() throws IOException {
        gateway.close();
    }

    @Test
    void carriesMessagesOfBothQos() throws Exception {
        try (Paho5 subscriber = new Paho5(gateway, "sub");
                Paho5 publisher = new Paho5(gateway, "pub")) {
            subscriber.subscribe("a/+/c", 1);
            publisher.publish("a/b/c", "zero", 0);
            publisher.publish("a/b/c", "one", 1);
            publisher.publish("a/b", "not for you", 1);
            publisher.publish("a/x/c", "last", 1);
            List<Received> received = List.of(subscriber.next(), subscriber.next(), subscriber.next());
            assertThat(received).extracting(Received::text).containsExactlyInAnyOrder("zero", "one", "last");
            assertThat(received.stream()
                            .filter(r -> r.text().equals("zero"))
                            .findFirst()
                            .orElseThrow()
                            .message()
                            .getQos())
                    .isZero();
        }
    }

    @Test
    void grantsAndAnnouncesWhatItDoes() throws Exception {
        try (Paho5 client = new Paho5(gateway, "c")) {
            assertThat(client.subscribe(new MqttSubscription("a", 2), new MqttSubscription("$share/g/a", 1)))
                    .containsExactly(2, 1);
            MqttProperties announced = client.connected.getResponseProperties();
            assertThat(announced.getMaximumQoS()).isNull();
            assertThat(announced.isRetainAvailable()).isTrue();
            assertThat(announced.isSharedSubscriptionAvailable()).isTrue();
            assertThat(announced.getReceiveMaximum()).isEqualTo(1000);
            assertThat(announced.getMaximumPacketSize()).isEqualTo(1 << 20);
            assertThat(announced.getServerKeepAlive()).isNull();
        }
    }

    @Test
    void announcesWhatItChangesOfAConnect() throws Exception {
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setCleanStart(false);
        options.setSessionExpiryInterval(3600L);
        options.setKeepAliveInterval(120);
        try (Paho5 client = new Paho5(gateway, "", options)) {
            MqttProperties announced = client.connected.getResponseProperties();
            assertThat(client.connected.getSessionPresent()).isFalse();
            assertThat(announced.getSessionExpiryInterval()).isEqualTo(1800);
            assertThat(announced.getServerKeepAlive()).isEqualTo(60);
            assertThat(announced.getAssignedClientIdentifier()).startsWith("polylog-");
        }
    }

    @Test
    void showsRecordsOfOtherProtocolsByTopicAndKey() throws Exception {
        gateway.createTopic("orders", 4);
        try (Paho5 subscriber = new Paho5(gateway, "sub")) {
            subscriber.subscribe("orders/+/42", 1);
            gateway.publish("orders", "us/41", "no", Headers.EMPTY);
            gateway.publish(
                    "orders",
                    "eu/42",
                    "yes",
                    Headers.of(Header.text("content-type", "text/plain"), Header.text("h", "v")));
            Received received = subscriber.next();
            assertThat(received.topic()).isEqualTo("orders/eu/42");
            assertThat(received.text()).isEqualTo("yes");
            assertThat(received.message().getQos()).isEqualTo(1);
            assertThat(received.message().getProperties().getContentType()).isEqualTo("text/plain");
            assertThat(received.message().getProperties().getUserProperties())
                    .containsExactly(new UserProperty("h", "v"));
        }
    }

    @Test
    void storesPublishesForOtherProtocols() throws Exception {
        Topic orders = gateway.createTopic("orders", 1);
        try (Paho5 publisher = new Paho5(gateway, "pub")) {
            publisher.publish("orders/eu/42", "hello", 1);
            publisher.publish("devices/7", "default", 1);
        }
        Record record = LogContents.of(gateway.context(), orders.name()).get(0);
        assertThat(record.key()).isEqualTo("eu/42".getBytes(UTF_8));
        assertThat(record.value()).isEqualTo("hello".getBytes(UTF_8));
        assertThat(record.headers().isEmpty()).isTrue();
        Topic mqtt = gateway.context().topics().find("mqtt").orElseThrow();
        assertThat(LogContents.of(gateway.context(), mqtt.name()))
                .singleElement()
                .satisfies(other -> assertThat(other.key()).isEqualTo("devices/7".getBytes(UTF_8)));
    }

    @Test
    void keepsPropertiesOnTheWay() throws Exception {
        try (Paho5 subscriber = new Paho5(gateway, "sub");
                Paho5 publisher = new Paho5(gateway, "pub")) {
            subscriber.subscribe("props", 1);
            MqttProperties properties = new MqttProperties();
            properties.setContentType("application/json");
            properties.setResponseTopic("answers/1");
            properties.setCorrelationData(new byte[] {1, 2, 3});
            properties.setPayloadFormat(true);
            properties.setMessageExpiryInterval(100L);
            properties.setUserProperties(List.of(new UserProperty("b", "1"), new UserProperty("a", "2")));
            publisher.client.publish("props", new MqttMessage("{}".getBytes(UTF_8), 1, false, properties));
            MqttProperties got = subscriber.next().message().getProperties();
            assertThat(got.getContentType()).isEqualTo("application/json");
            assertThat(got.getResponseTopic()).isEqualTo("answers/1");
            assertThat(got.getCorrelationData()).containsExactly(1, 2, 3);
            assertThat(got.getPayloadFormat()).isTrue();
            assertThat(got.getMessageExpiryInterval()).isBetween(90L, 100L);
            assertThat(got.getUserProperties()).containsExactly(new UserProperty("b", "1"), new UserProperty("a", "2"));
        }
    }

    @Test
    void sendsOneMessageForOverlappingSubscriptionsWithAllIdentifiers() throws Exception {
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setUseSubscriptionIdentifiers(false);
        try (RawClient subscriber = new RawClient(gateway.port());
                Paho5 publisher = new Paho5(gateway, "pub")) {
            subscriber.send(RawClient.CONNECT_5).packet();
            subscriber.send("82 0b 0001 02 0b05 0003 612f62 00"); // a/b, QoS 0, identifier 5
            subscriber.packet();
            subscriber.send("82 0b 0002 02 0b06 0003 612f23 01"); // a/#, QoS 1, identifier 6
            subscriber.packet();
            publisher.publish("a/b", "x", 1);
            publisher.publish("a/c", "y", 1);
            List<String> packets = List.of(subscriber.packet(), subscriber.packet());
            assertThat(packets.stream().filter(p -> p.endsWith("78")))
                    .singleElement()
                    .satisfies(p -> assertThat(p).matches("320d0003612f62....04(0b050b06|0b060b05)78"));
        }
    }

    @Test
    void keepsOwnMessagesFromNoLocalSubscribers() throws Exception {
        try (Paho5 both = new Paho5(gateway, "both");
                Paho5 other = new Paho5(gateway, "other")) {
            MqttSubscription noLocal = new MqttSubscription("room", 1);
            noLocal.setNoLocal(true);
            both.subscribe(noLocal);
            other.subscribe("room", 1);
            both.publish("room", "mine", 1);
            other.publish("room", "theirs", 1);
            assertThat(other.texts(2)).containsExactly("mine", "theirs");
            assertThat(both.next().text()).isEqualTo("theirs");
        }
    }

    @Test
    void doesNotShowASubscriberWhatItPublishedBefore() throws Exception {
        try (RawClient client = new RawClient(gateway.port());
                Paho5 other = new Paho5(gateway, "other")) {
            client.send(RawClient.CONNECT_5).packet();
            // PUBLISH t with packet 1, SUBSCRIBE t with packet 2, in one write
            client.send("32 07 0001 74 0001 00 31" + "82 07 0002 00 0001 74 01");
            assertThat(client.packet()).isEqualTo("40020001");
            assertThat(client.packet()).isEqualTo("900400020001");
            other.publish("t", "2", 1);
            assertThat(client.packet()).endsWith("32");
        }
    }

    @Test
    void takesTopicsThatAppearLater() throws Exception {
        try (Paho5 subscriber = new Paho5(gateway, "sub")) {
            subscriber.subscribe("#", 1);
            gateway.createTopic("later", 3);
            gateway.publish("later", "k", "seen", Headers.EMPTY);
            assertThat(subscriber.next().topic()).isEqualTo("later/k");
            MqttGateway.await(gateway.context().topics().grow("later", 6));
            for (int i = 0; i < 20; i++) {
                gateway.publish("later", "k" + i, "v" + i, Headers.EMPTY);
            }
            assertThat(subscriber.texts(20)).hasSize(20).doesNotHaveDuplicates();
            MqttGateway.await(gateway.context().topics().delete("later"));
            Topic again = gateway.createTopic("later", 1);
            gateway.publish(again.name(), "k", "again", Headers.EMPTY);
            assertThat(subscriber.next().text()).isEqualTo("again");
        }
    }

    @Test
    void resolvesTopicAliases() throws Exception {
        try (Paho5 subscriber = new Paho5(gateway, "sub");
                RawClient publisher = new RawClient(gateway.port())) {
            subscriber.subscribe("alias/me", 1);
            publisher.send(RawClient.CONNECT_5).packet();
            publisher.send("30 0f 0008 616c6961732f6d65 03 230001 31");
            publisher.send("30 07 0000 03 230001 32");
            assertThat(subscriber.texts(2)).containsExactly("1", "2");
            publisher.send("30 07 0000 03 230002 33");
            assertThat(publisher.untilClosed()).isEqualTo("e00182");
        }
    }

    @Test
    void handsTheClientIdentifierToTheNewest() throws Exception {
        try (Paho5 first = new Paho5(gateway, "same");
                Paho5 second = new Paho5(gateway, "same")) {
            assertThat(first.disconnectCode.get(20, TimeUnit.SECONDS)).isEqualTo(0x8E);
            second.subscribe("x", 1);
            second.publish("x", "alive", 1);
            assertThat(second.next().text()).isEqualTo("alive");
        }
    }

    @Test
    void publishesTheWillOfALostConnectionOnly() throws Exception {
        try (Paho5 subscriber = new Paho5(gateway, "sub")) {
            subscriber.subscribe("wills/#", 1);
            MqttConnectionOptions options = new MqttConnectionOptions();
            options.setWill("wills/polite", new MqttMessage("bye".getBytes(UTF_8), 1, false, null));
            new Paho5(gateway, "polite", options).close();
            try (RawClient lost = new RawClient(gateway.port())) {
                // CONNECT 5, clean start, will QoS 1: topic wills/l, payload x
                lost.send("10 1b 0004 4d515454 05 0e 0000 00 0001 6c 00 0007 77696c6c732f6c 0001 78")
                        .packet();
            }
            Received will = subscriber.next();
            assertThat(will.topic()).isEqualTo("wills/l");
            assertThat(will.text()).isEqualTo("x");
        }
    }

    @Test
    void saysWhyItRefusesSchedulesAndReservedTopics() throws Exception {
        try (RawClient client = new RawClient(gateway.port())) {
            client.send(RawClient.CONNECT_5).packet();
            String delay = "26 000d 706f6c796c6f672d64656c6179 0003 313578"; // polylog-delay: 15x
            assertThat(client.send("32 1c 0001 78 0001 15" + delay + "31").packet())
                    .matches("40..000183.*")
                    .contains(hex("polylog-delay is "));
            assertThat(client.send("32 12 000c 2464656c617965642f782f78 0002 00 31")
                            .packet()) // $delayed/x/x
                    .matches("40..000290.*")
                    .contains(hex("whole seconds"));
            assertThat(client.send("32 07 0001 78 0003 00 31").packet()).isEqualTo("40020003");
        }
    }

    @Test
    void saysNoMoreThanTheCodeToClientsThatWantNoMore() throws Exception {
        try (RawClient client = new RawClient(gateway.port())) {
            client.send("10 10 0004 4d515454 05 02 0000 02 1700 0001 78").packet(); // request problem information: 0
            assertThat(client.send("32 12 000c 2464656c617965642f782f78 0002 00 31")
                            .packet())
                    .isEqualTo("4003000290");
        }
        try (RawClient client = new RawClient(gateway.port())) {
            client.send("10 13 0004 4d515454 05 02 0000 05 2700000020 0001 78").packet(); // maximum packet size: 32
            assertThat(client.send("32 12 000c 2464656c617965642f782f78 0002 00 31")
                            .packet())
                    .isEqualTo("4003000290");
        }
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(UTF_8));
    }

    @Test
    void addsThePositionForSubscribersThatAsk() throws Exception {
        gateway.createTopic("orders", 1);
        try (RawClient subscriber = new RawClient(gateway.port())) {
            subscriber.send(RawClient.CONNECT_5).packet();
            String ask = "26 0010 706f6c796c6f672d706f736974696f6e 0004 74727565"; // polylog-position: true
            subscriber.send("82 27 0001 19" + ask + "0008 6f72646572732f23 01").packet();
            gateway.publish("orders", "k", "v", Headers.EMPTY);
            byte[] packet = HexFormat.of().parseHex(subscriber.packet());
            assertThat(new String(packet, UTF_8)).contains("timestamp", "polylog-partition", "polylog-offset");
        }
    }

    @Test
    void leavesOutPacketsThatAreTooLargeForTheClient() throws Exception {
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setMaximumPacketSize(100L);
        try (Paho5 subscriber = new Paho5(gateway, "sub", options);
                Paho5 publisher = new Paho5(gateway, "pub")) {
            subscriber.subscribe("size", 1);
            publisher.publish("size", "x".repeat(200), 1);
            publisher.publish("size", "small", 1);
            assertThat(subscriber.next().text()).isEqualTo("small");
        }
    }

    @Test
    void stopsAfterUnsubscribe() throws Exception {
        try (Paho5 client = new Paho5(gateway, "c")) {
            client.subscribe("a", 1);
            client.subscribe("b", 1);
            client.client.unsubscribe("a");
            client.publish("a", "gone", 1);
            client.publish("b", "here", 1);
            assertThat(client.next().text()).isEqualTo("here");
        }
        try (RawClient raw = new RawClient(gateway.port())) {
            raw.send(RawClient.CONNECT_5).packet();
            assertThat(raw.send("a2 06 0007 00 0001 61").packet()).isEqualTo("b00400070011");
        }
    }
}
