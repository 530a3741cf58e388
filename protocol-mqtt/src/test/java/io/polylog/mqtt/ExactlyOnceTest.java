package io.polylog.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Topic;
import io.polylog.record.Record;
import io.polylog.testkit.LogContents;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** QoS 2 in the direction of the log; the other one is in {@link PersistentSessionTest}. */
class ExactlyOnceTest {

    private static final int QOS_2 = 4;
    private static final int DUP = 8;

    @TempDir
    Path directory;

    @TempDir
    Path copy;

    private MqttGateway gateway;
    private Topic topic;

    @BeforeEach
    void open() throws IOException {
        gateway = new MqttGateway(directory, Map.of("mqtt.receive-maximum", "3"));
        topic = gateway.createTopic("t", 1);
    }

    @AfterEach
    void close() throws IOException {
        gateway.close();
    }

    private static List<String> values(MqttGateway gateway, Topic topic) throws IOException {
        return LogContents.of(gateway.context(), topic.name()).stream()
                .map(Record::value)
                .map(value -> new String(value, StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void takesAPublishOnceHoweverOftenItIsSent() throws Exception {
        try (WireClient client = new WireClient(gateway, 5)) {
            client.connect("c", true, "").next();
            assertThat(client.publish(QOS_2, 7, "t", "a").next()).isEqualTo("PUBREC id=7");
            assertThat(client.publish(QOS_2 | DUP, 7, "t", "a").next()).isEqualTo("PUBREC id=7");
            assertThat(client.publish(2, 7, "t", "in use").next()).isEqualTo("PUBACK id=7 91");
            assertThat(client.pubRel(7).next()).isEqualTo("PUBCOMP id=7");
            assertThat(client.pubRel(7).next()).isEqualTo("PUBCOMP id=7 92");
            assertThat(client.publish(QOS_2, 7, "t", "b").next()).isEqualTo("PUBREC id=7");
        }
        assertThat(values(gateway, topic)).containsExactly("a", "b");
    }

    @Test
    void recognisesAPublishOfAnEarlierConnection() throws Exception {
        WireClient first = WireClient.lasting(gateway, "c", true);
        first.next();
        assertThat(first.publish(QOS_2, 7, "t", "a").next()).isEqualTo("PUBREC id=7");
        assertThat(first.publish(QOS_2, 8, "t", "b").next()).isEqualTo("PUBREC id=8");
        first.close();
        try (WireClient again = WireClient.lasting(gateway, "c", false)) {
            assertThat(again.next()).isEqualTo("CONNACK present=1 00");
            assertThat(again.publish(QOS_2 | DUP, 7, "t", "a").next()).isEqualTo("PUBREC id=7");
            assertThat(again.pubRel(8).next()).isEqualTo("PUBCOMP id=8");
            assertThat(again.pubRel(7).next()).isEqualTo("PUBCOMP id=7");
            assertThat(again.publish(QOS_2, 8, "t", "c").next()).isEqualTo("PUBREC id=8");
        }
        assertThat(values(gateway, topic)).containsExactly("a", "b", "c");
    }

    @Test
    void recognisesAPublishAfterAKill() throws Exception {
        WireClient first = WireClient.lasting(gateway, "c", true);
        first.next();
        assertThat(first.publish(QOS_2, 7, "t", "a").next()).isEqualTo("PUBREC id=7");
        assertThat(first.publish(QOS_2, 8, "t", "b").next()).isEqualTo("PUBREC id=8");
        assertThat(first.pubRel(8).next()).isEqualTo("PUBCOMP id=8");
        try (MqttGateway next = gateway.afterKill(copy)) {
            try (WireClient again = WireClient.lasting(next, "c", false)) {
                assertThat(again.next()).isEqualTo("CONNACK present=1 00");
                assertThat(again.publish(QOS_2 | DUP, 7, "t", "a").next()).isEqualTo("PUBREC id=7");
                assertThat(again.pubRel(7).next()).isEqualTo("PUBCOMP id=7");
                assertThat(again.publish(QOS_2, 8, "t", "c").next()).isEqualTo("PUBREC id=8");
                assertThat(again.publish(QOS_2, 7, "t", "d").next()).isEqualTo("PUBREC id=7");
            }
            assertThat(values(next, topic)).containsExactly("a", "b", "c", "d");
        }
        first.close();
    }

    @Test
    void countsUnreleasedPublishesAgainstTheReceiveMaximum() throws Exception {
        try (WireClient client = new WireClient(gateway, 5)) {
            client.connect("c", true, "").next();
            for (int id = 1; id <= 3; id++) {
                assertThat(client.publish(QOS_2, id, "t", "m" + id).next()).isEqualTo("PUBREC id=" + id);
            }
            assertThat(client.pubRel(2).next()).isEqualTo("PUBCOMP id=2");
            assertThat(client.publish(QOS_2, 4, "t", "m4").next()).isEqualTo("PUBREC id=4");
            assertThat(client.publish(QOS_2, 5, "t", "m5").next()).isEqualTo("DISCONNECT 93");
        }
    }

    @Test
    void answersARefusalAndFreesTheIdentifier() throws Exception {
        try (WireClient client = WireClient.lasting(gateway, "c", true)) {
            client.next();
            assertThat(client.publish(QOS_2, 7, "$SYS/x", "a").next()).isEqualTo("PUBREC id=7 90");
            assertThat(client.publish(QOS_2, 7, "t", "b").next()).isEqualTo("PUBREC id=7");
            assertThat(client.pubRel(7).next()).isEqualTo("PUBCOMP id=7");
        }
        assertThat(values(gateway, topic)).containsExactly("b");
    }

    @Test
    void settlesDeliveriesInFourSteps() throws Exception {
        try (WireClient client = new WireClient(gateway, 4);
                Paho5 publisher = new Paho5(gateway, "pub")) {
            client.connect("c", true, "").next();
            assertThat(client.subscribe(1, "t", 2).next()).isEqualTo("SUBACK id=1 02");
            publisher.publish("t", "a", 2);
            assertThat(client.next()).isEqualTo("PUBLISH q2 id=1 t a");
            assertThat(client.pubRec(1).next()).isEqualTo("PUBREL id=1");
            assertThat(client.pubRec(1).next()).isEqualTo("PUBREL id=1");
            client.pubComp(1);
            assertThat(client.isQuiet()).isTrue();
        }
    }

    @Test
    void takesARefusalOfADeliveryAsItsEnd() throws Exception {
        try (WireClient client = WireClient.lasting(gateway, "c", true);
                Paho5 publisher = new Paho5(gateway, "pub")) {
            client.next();
            client.subscribe(1, "t", 2).next();
            publisher.publish("t", "a", 2);
            assertThat(client.next()).isEqualTo("PUBLISH q2 id=1 t a");
            client.answer(0x50, 1, 0x97);
            assertThat(client.isQuiet()).isTrue();
            assertThat(client.pubRec(1).next()).isEqualTo("PUBREL id=1 92");
        }
    }
}
