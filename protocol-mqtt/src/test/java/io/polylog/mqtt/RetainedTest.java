package io.polylog.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.TopicSpec;
import io.polylog.mqtt.Paho5.Received;
import io.polylog.record.Headers;
import io.polylog.testkit.LogContents;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class RetainedTest {

    private static final int RETAIN = 1;
    private static final int QOS_1 = 2;

    @TempDir
    Path directory;

    @TempDir
    Path copy;

    private MqttGateway gateway;

    @BeforeEach
    void open() throws IOException {
        gateway = new MqttGateway(directory, Map.of("default-partitions", "3"));
    }

    @AfterEach
    void close() throws IOException {
        gateway.close();
    }

    private static void retain(Paho5 client, String topic, String text) throws Exception {
        client.client.publish(topic, text.getBytes(UTF_8), 1, true);
    }

    @Test
    void givesTheLastMessageToWhoComesLater() throws Exception {
        try (Paho5 publisher = new Paho5(gateway, "pub");
                Paho5 subscriber = new Paho5(gateway, "sub")) {
            subscriber.subscribe("house/#", 1);
            retain(publisher, "house/1", "old");
            retain(publisher, "house/1", "new");
            for (int i = 0; i < 2; i++) {
                assertThat(subscriber.next().message().isRetained()).isFalse();
            }
            try (Paho5 late = new Paho5(gateway, "late")) {
                late.subscribe("house/1", 1);
                Received got = late.next();
                assertThat(got.text()).isEqualTo("new");
                assertThat(got.message().isRetained()).isTrue();
                assertThat(got.message().getQos()).isEqualTo(1);
                retain(publisher, "house/1", "");
                assertThat(late.next().text()).isEmpty();
            }
            try (WireClient last = new WireClient(gateway, 5)) {
                last.connect("last", true, "").next();
                assertThat(last.subscribe(1, "house/+", 1).next()).startsWith("SUBACK");
                assertThat(last.isQuiet()).isTrue();
            }
        }
    }

    @Test
    void servesWildcardsOverMoreThanOnePage() throws Exception {
        Set<String> expected = new HashSet<>();
        try (Paho5 publisher = new Paho5(gateway, "pub")) {
            for (int i = 0; i < 300; i++) {
                publisher.client.publish("many/" + i + "/x", ("v" + i).getBytes(UTF_8), 0, true);
                expected.add("v" + i);
            }
            publisher.client.publish("many", "parent".getBytes(UTF_8), 0, true);
            publisher.client.publish("manyother", "not matched".getBytes(UTF_8), 0, true);
            retain(publisher, "many/end/y", "end");
        }
        try (Paho5 subscriber = new Paho5(gateway, "sub")) {
            subscriber.subscribe("many/+/x", 0);
            assertThat(subscriber.texts(300)).containsExactlyInAnyOrderElementsOf(expected);
            subscriber.subscribe("many/#", 1);
            expected.addAll(List.of("parent", "end"));
            assertThat(subscriber.texts(302)).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    void survivesAKill() throws Exception {
        gateway.createTopic("house", 2);
        try (Paho5 publisher = new Paho5(gateway, "pub")) {
            retain(publisher, "house/1", "kept");
            retain(publisher, "elsewhere", "kept too");
        }
        try (MqttGateway next = gateway.afterKill(copy);
                Paho5 subscriber = new Paho5(next, "sub")) {
            subscriber.subscribe("#", 1);
            assertThat(subscriber.texts(2)).containsExactlyInAnyOrder("kept", "kept too");
        }
    }

    @Test
    void obeysRetainHandlingAndRetainAsPublished() throws Exception {
        try (WireClient client = new WireClient(gateway, 5)) {
            client.connect("c", true, "").next();
            assertThat(client.publish(QOS_1 | RETAIN, 1, "r", "m").next()).isEqualTo("PUBACK id=1");
            assertThat(client.subscribe(2, "r", 0x21).next()).startsWith("SUBACK"); // never
            assertThat(client.isQuiet()).isTrue();
            assertThat(client.subscribe(3, "r", 0x11).next()).startsWith("SUBACK"); // if new
            assertThat(client.isQuiet()).isTrue();
            assertThat(client.subscribe(4, "r", 0x09).next()).startsWith("SUBACK"); // always, as published
            assertThat(client.next()).isEqualTo("PUBLISH q1 id=1 retain r m");
            client.pubAck(1).publish(RETAIN, 0, "r", "n");
            assertThat(client.next()).isEqualTo("PUBLISH q0 retain r n");
            assertThat(client.subscribe(5, "r", 0x01).next()).startsWith("SUBACK");
            assertThat(client.next()).isEqualTo("PUBLISH q0 retain r n");
            client.publish(0, 0, "r", "o");
            assertThat(client.next()).isEqualTo("PUBLISH q0 r o");
        }
    }

    @Test
    void forgetsExpiredMessages() throws Exception {
        try (Paho5 publisher = new Paho5(gateway, "pub");
                WireClient client = new WireClient(gateway, 5)) {
            MqttProperties properties = new MqttProperties();
            properties.setMessageExpiryInterval(0L);
            MqttMessage message = new MqttMessage("gone".getBytes(UTF_8), 1, true, properties);
            publisher.client.publish("brief", message);
            client.connect("c", true, "").next();
            assertThat(client.subscribe(2, "brief", 1).next()).startsWith("SUBACK");
            assertThat(client.isQuiet()).isTrue();
        }
    }

    @Test
    void isSetByThisDoorOnly() throws Exception {
        gateway.createTopic("orders", 1);
        gateway.publish(
                "orders",
                "k",
                "v",
                Headers.builder().text("mqtt.retain", "true").build());
        try (WireClient client = new WireClient(gateway, 5)) {
            client.connect("c", true, "").next();
            assertThat(client.subscribe(2, "orders/#", 1).next()).startsWith("SUBACK");
            assertThat(client.isQuiet()).isTrue();
        }
    }

    @Test
    void clearsTheKeyOfACompactedTopic() throws Exception {
        var topic = MqttGateway.await(
                gateway.context().topics().create(new TopicSpec("state", 1, Map.of("cleanup.policy", "compact"))));
        try (Paho5 publisher = new Paho5(gateway, "pub")) {
            retain(publisher, "state/1", "on");
            retain(publisher, "state/1", "");
        }
        assertThat(LogContents.of(gateway.context(), topic.name()).get(1).value())
                .isNull();
    }
}
