package io.polylog.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Topic;
import io.polylog.record.Headers;
import io.polylog.testkit.LogContents;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** QoS 2 through gateways that are killed again and again, at any step of any handshake. */
@Execution(ExecutionMode.CONCURRENT)
class KilledGatewayTest {

    private static final int KILLS = 6;
    private static final int QOS_2 = 4;
    private static final int DUP = 8;

    @TempDir
    Path directory;

    private final long seed = Long.getLong("polylog.test.seed", new Random().nextLong());
    private final Random random = new Random(seed);

    /** What the client knows of its publishes: identifier to payload, until PUBREC; then to null, until PUBCOMP. */
    private final Map<Integer, String> unacknowledged = new LinkedHashMap<>();

    private final Set<Integer> unreleased = new HashSet<>();
    private final List<String> published = new ArrayList<>();

    @Test
    void takesEachPublishOnce() throws Exception {
        MqttGateway gateway = new MqttGateway(directory.resolve("0"), Map.of());
        Topic topic = gateway.createTopic("t", 1);
        for (int kill = 1; kill <= KILLS; kill++) {
            WireClient client = WireClient.lasting(gateway, "c", false);
            assertThat(client.next()).startsWith("CONNACK");
            resume(client);
            for (int i = random.nextInt(12); i > 0; i--) {
                publish(client);
                if (random.nextInt(3) > 0) {
                    answerOne(client);
                }
            }
            MqttGateway next = gateway.afterKill(directory.resolve(Integer.toString(kill)));
            client.close();
            gateway.close();
            gateway = next;
        }
        try (MqttGateway last = gateway;
                WireClient client = WireClient.lasting(last, "c", false)) {
            assertThat(client.next()).startsWith("CONNACK");
            resume(client);
            while (!unacknowledged.isEmpty() || !unreleased.isEmpty()) {
                answerOne(client);
            }
            List<String> taken = LogContents.of(last.context(), topic.name()).stream()
                    .map(record -> new String(record.value(), UTF_8))
                    .toList();
            assertThat(taken).as("seed %s", seed).containsExactlyInAnyOrderElementsOf(published);
        }
    }

    private void publish(WireClient client) throws IOException {
        int id = 1;
        while (unacknowledged.containsKey(id) || unreleased.contains(id)) {
            id++;
        }
        String payload = "m" + published.size();
        published.add(payload);
        unacknowledged.put(id, payload);
        client.publish(QOS_2, id, "t", payload);
    }

    private void resume(WireClient client) throws IOException {
        for (int id : unreleased) {
            client.pubRel(id);
        }
        for (Map.Entry<Integer, String> publish : unacknowledged.entrySet()) {
            client.publish(QOS_2 | DUP, publish.getKey(), "t", publish.getValue());
        }
    }

    /** Takes one answer and goes on with its handshake. */
    private void answerOne(WireClient client) throws IOException {
        String[] answer = client.next().split(" id=| ");
        int id = Integer.parseInt(answer[1]);
        if (answer[0].equals("PUBREC")) {
            unacknowledged.remove(id);
            unreleased.add(id);
            client.pubRel(id);
        } else {
            assertThat(answer[0]).isEqualTo("PUBCOMP");
            unreleased.remove(id);
        }
    }

    /** What a member of a share has received once is its session's, whoever else is there first after the kill. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void leavesADeliveryOfAShareToItsSession(boolean released) throws Exception {
        MqttGateway gateway = new MqttGateway(directory.resolve("0"), Map.of());
        gateway.createTopic("jobs", 1);
        WireClient first = WireClient.lasting(gateway, "s", true);
        first.next();
        first.subscribe(1, "$share/g/jobs/#", 2).next();
        gateway.publish(
                "jobs", "a", "once", Headers.builder().text("mqtt.qos", "2").build());
        assertThat(first.next()).isEqualTo("PUBLISH q2 id=1 jobs/a once");
        if (released) {
            assertThat(first.pubRec(1).next()).isEqualTo("PUBREL id=1");
        }
        try (MqttGateway next = gateway.afterKill(directory.resolve("1"));
                WireClient other = new WireClient(next, 5)) {
            first.close();
            gateway.close();
            other.connect("o", true, "").next();
            other.subscribe(1, "$share/g/jobs/#", 2).next();
            assertThat(other.isQuiet()).isTrue();
            try (WireClient again = WireClient.lasting(next, "s", false)) {
                assertThat(again.next()).isEqualTo("CONNACK present=1 00");
                if (!released) {
                    assertThat(again.next()).isEqualTo("PUBLISH q2 id=1 dup jobs/a once");
                    again.pubRec(1);
                }
                assertThat(again.next()).isEqualTo("PUBREL id=1");
                again.pubComp(1);
                assertThat(again.isQuiet()).isTrue();
            }
            assertThat(other.isQuiet()).isTrue();
        }
    }

    /** A delivery may come twice until its PUBREC, under the identifier that marks it as the same; never after it. */
    @Test
    void givesEachDeliveryOnce() throws Exception {
        MqttGateway gateway = new MqttGateway(directory.resolve("0"), Map.of());
        gateway.createTopic("t", 2);
        Map<Integer, String> held = new LinkedHashMap<>();
        List<String> received = new ArrayList<>();
        List<String> sent = new ArrayList<>();
        WireClient first = WireClient.lasting(gateway, "c", true);
        first.next();
        assertThat(first.subscribe(1, "t/#", 2).next()).startsWith("SUBACK");
        first.close();
        for (int kill = 1; kill <= KILLS + 1; kill++) {
            try (Paho5 publisher = new Paho5(gateway, "pub")) {
                for (int i = random.nextInt(6); i >= 0; i--) {
                    publisher.publish("t/" + random.nextInt(3), "m" + sent.size(), 2);
                    sent.add("m" + sent.size());
                }
            }
            WireClient client = WireClient.lasting(gateway, "c", false);
            assertThat(client.next()).isEqualTo("CONNACK present=1 00");
            int steps = kill > KILLS ? Integer.MAX_VALUE : random.nextInt(14);
            for (int i = 0; i < steps && (received.size() < sent.size() || !held.isEmpty()); i++) {
                String[] packet = client.next().split(" ");
                int id = Integer.parseInt(packet[packet[0].equals("PUBLISH") ? 2 : 1].substring(3));
                if (packet[0].equals("PUBLISH")) {
                    String payload = packet[packet.length - 1];
                    String before = held.put(id, payload);
                    assertThat(before).as("seed %s", seed).isIn(null, payload);
                    if (before == null) {
                        received.add(payload);
                    }
                    client.pubRec(id);
                } else {
                    assertThat(packet[0]).isEqualTo("PUBREL");
                    held.remove(id);
                    client.pubComp(id);
                }
            }
            assertThat(kill <= KILLS || client.isQuiet()).as("seed %s", seed).isTrue();
            if (kill <= KILLS) {
                MqttGateway next = gateway.afterKill(directory.resolve(Integer.toString(kill)));
                client.close();
                gateway.close();
                gateway = next;
            } else {
                client.close();
            }
        }
        gateway.close();
        assertThat(received).as("seed %s", seed).containsExactlyInAnyOrderElementsOf(sent);
    }
}
