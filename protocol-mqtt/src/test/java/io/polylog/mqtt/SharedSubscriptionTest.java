package io.polylog.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Topic;
import io.polylog.record.Headers;
import io.polylog.share.Acquired;
import io.polylog.share.Outcome;
import io.polylog.share.ShareConsumer;
import io.polylog.share.ShareGroups.StartAt;
import io.polylog.share.ShareListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class SharedSubscriptionTest {

    private static final int QOS_1 = 2;

    @TempDir
    Path directory;

    private MqttGateway gateway;
    private Topic jobs;

    @BeforeEach
    void open() throws IOException {
        gateway = new MqttGateway(directory, Map.of());
        jobs = gateway.createTopic("jobs", 1);
    }

    @AfterEach
    void close() throws IOException {
        gateway.close();
    }

    private void publish(String key, String value) {
        gateway.publish("jobs", key, value, Headers.EMPTY);
    }

    @Test
    void givesEachMessageToOneMember() throws Exception {
        try (Paho5 first = new Paho5(gateway, "1");
                Paho5 second = new Paho5(gateway, "2");
                Paho5 everything = new Paho5(gateway, "3")) {
            first.subscribe("$share/s/jobs/#", 1);
            second.subscribe("$share/s/jobs/#", 1);
            everything.subscribe("jobs/#", 1);
            Set<String> expected = new HashSet<>();
            for (int i = 0; i < 40; i++) {
                publish("k" + i, "v" + i);
                expected.add("v" + i);
            }
            assertThat(everything.texts(40)).containsExactlyInAnyOrderElementsOf(expected);
            List<String> received = new ArrayList<>();
            while (received.size() < 40) {
                Paho5.Received one = first.received.poll(10, TimeUnit.MILLISECONDS);
                Paho5.Received other = second.received.poll(10, TimeUnit.MILLISECONDS);
                if (one != null) {
                    received.add(one.text());
                }
                if (other != null) {
                    received.add(other.text());
                }
            }
            assertThat(received).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    void competesWithMembersOfOtherProtocols() throws Exception {
        BlockingQueue<Acquired> acquired = new LinkedBlockingQueue<>();
        ShareConsumer other = MqttGateway.await(gateway.context()
                .shareGroups()
                .join("s", jobs, StartAt.LATEST, Runnable::run, new ShareListener() {
                    @Override
                    public void acquired(List<Acquired> records) {
                        acquired.addAll(records);
                    }

                    @Override
                    public void ended(String reason) {}
                }));
        try (WireClient client = new WireClient(gateway, 5)) {
            client.connect("c", true, "").next();
            assertThat(client.subscribe(1, "$share/s/jobs/#", 1).next()).isEqualTo("SUBACK id=1 01");
            publish("a", "1");
            assertThat(client.next()).isEqualTo("PUBLISH q1 id=1 jobs/a 1");
            client.close();
            other.credit(1);
            Acquired back = acquired.poll(30, TimeUnit.SECONDS);
            assertThat(back).isNotNull();
            assertThat(back.acquisitions()).isEqualTo(1);
            try (WireClient again = new WireClient(gateway, 5)) {
                again.connect("c", true, "").next();
                again.subscribe(1, "$share/s/jobs/#", 1).next();
                other.settle(List.of(back), Outcome.RELEASE);
                assertThat(again.next()).isEqualTo("PUBLISH q1 id=1 dup jobs/a 1");
                again.pubAck(1);
                publish("a", "2");
                assertThat(again.next()).isEqualTo("PUBLISH q1 id=2 jobs/a 2");
            }
        }
        other.close();
    }

    @Test
    void rejectsWhatItsClientRefuses() throws Exception {
        try (WireClient client = new WireClient(gateway, 5);
                WireClient second = new WireClient(gateway, 5)) {
            client.connect("c", true, "").next();
            client.subscribe(1, "$share/s/jobs/#", 1).next();
            publish("a", "bad");
            assertThat(client.next()).isEqualTo("PUBLISH q1 id=1 jobs/a bad");
            client.answer(0x40, 1, 0x97);
            assertThat(client.isQuiet()).isTrue();
            client.disconnect();
            awaitDeparture("c");
            second.connect("d", true, "").next();
            second.subscribe(1, "$share/s/jobs/#", 1).next();
            publish("a", "good");
            assertThat(second.next()).isEqualTo("PUBLISH q1 id=1 jobs/a good");
        }
    }

    @Test
    void rejectsWhatItsClientRefusesToReceiveOnce() throws Exception {
        try (WireClient client = new WireClient(gateway, 5);
                WireClient second = new WireClient(gateway, 5)) {
            client.connect("c", true, "").next();
            client.subscribe(1, "$share/s/jobs/#", 2).next();
            publishOnce("bad");
            assertThat(client.next()).isEqualTo("PUBLISH q2 id=1 jobs/a bad");
            client.answer(0x50, 1, 0x83);
            publishOnce("good");
            assertThat(client.next()).isEqualTo("PUBLISH q2 id=2 jobs/a good"); // and no PUBREL for the other
            second.connect("d", true, "").next();
            Awaitility.await("dead letter")
                    .until(() -> gateway.context().topics().find("jobs.dlq").isPresent());
            second.subscribe(2, "$share/s/jobs/#", 2).next();
            client.pubRec(2).next();
            client.disconnect();
            assertThat(second.isQuiet()).isTrue();
        }
    }

    @Test
    void endsWithItsSessionWhatWasUnderWayOnce() throws Exception {
        try (WireClient client = new WireClient(gateway, 5);
                WireClient second = new WireClient(gateway, 5)) {
            client.connect("c", true, "").next(); // a session that ends with its connection
            client.subscribe(1, "$share/s/jobs/#", 2).next();
            publishOnce("under way");
            assertThat(client.next()).isEqualTo("PUBLISH q2 id=1 jobs/a under way");
            second.connect("d", true, "").next();
            second.subscribe(1, "$share/s/jobs/#", 2).next();
            client.close();
            awaitDeparture("c");
            publishOnce("next");
            assertThat(second.next()).isEqualTo("PUBLISH q2 id=1 jobs/a next"); // MQTT-4.8.2-5: not the other
            assertThat(second.isQuiet()).isTrue();
        }
    }

    /** A client is welcome once the one before it under the same identifier has left its groups. */
    private void awaitDeparture(String clientId) throws Exception {
        try (WireClient successor = new WireClient(gateway, 5)) {
            assertThat(successor.connect(clientId, true, "").next()).isEqualTo("CONNACK present=0 00");
        }
    }

    private void publishOnce(String value) {
        gateway.publish(
                "jobs", "a", value, Headers.builder().text("mqtt.qos", "2").build());
    }

    @Test
    void keepsALedgerForEachNarrowerFilter() throws Exception {
        try (WireClient client = new WireClient(gateway, 5)) {
            client.connect("c", true, "").next();
            client.subscribe(1, "$share/s/jobs/+/x", 1).next();
            client.subscribe(2, "$share/s/other/topic", 0).next();
            publish("a/y", "no");
            publish("a/x", "yes");
            assertThat(client.next()).isEqualTo("PUBLISH q1 id=1 jobs/a/x yes");
            client.publish(QOS_1, 9, "other/topic", "zero");
            List<String> both = List.of(client.next(), client.next());
            assertThat(both).containsExactlyInAnyOrder("PUBACK id=9", "PUBLISH q0 other/topic zero");
        }
    }

    @Test
    void outlivesTheConnectionWithItsSession() throws Exception {
        WireClient first = WireClient.lasting(gateway, "s", true);
        first.next();
        first.subscribe(1, "$share/g/jobs/#", 2).next();
        gateway.publish(
                "jobs", "a", "once", Headers.builder().text("mqtt.qos", "2").build());
        assertThat(first.next()).isEqualTo("PUBLISH q2 id=1 jobs/a once");
        first.close();
        try (WireClient other = new WireClient(gateway, 5)) {
            other.connect("o", true, "").next();
            other.subscribe(1, "$share/g/jobs/#", 2).next();
            assertThat(other.isQuiet()).isTrue();
            try (WireClient again = WireClient.lasting(gateway, "s", false)) {
                assertThat(again.next()).isEqualTo("CONNACK present=1 00");
                assertThat(again.next()).isEqualTo("PUBLISH q2 id=1 dup jobs/a once");
                assertThat(again.pubRec(1).next()).isEqualTo("PUBREL id=1");
                other.disconnect();
                awaitDeparture("o");
                publish("b", "next");
                assertThat(again.next()).isEqualTo("PUBLISH q1 id=2 jobs/b next");
            }
        }
    }

    @Test
    void beginsWhereTheTopicSays() throws Exception {
        gateway.createTopic("old", 1, Map.of("polylog.share.start", "earliest"));
        gateway.publish("old", "a", "before", Headers.EMPTY);
        try (WireClient client = new WireClient(gateway, 5)) {
            client.connect("c", true, "").next();
            client.subscribe(1, "$share/s/old/#", 1).next();
            assertThat(client.next()).isEqualTo("PUBLISH q1 id=1 old/a before");
        }
    }

    @Test
    void refusesWhatIsNotAShare() throws Exception {
        try (WireClient client = new WireClient(gateway, 5)) {
            client.connect("c", true, "").next();
            for (String filter : List.of("$share//x", "$share/g+/x", "$share/g", "$share/g/", "$share/g/x#")) {
                assertThat(client.subscribe(1, filter, 1).next()).as(filter).isEqualTo("SUBACK id=1 8f");
            }
            assertThat(client.subscribe(1, "$share/g/x", 1).next()).isEqualTo("SUBACK id=1 01");
        }
        try (WireClient client = new WireClient(gateway, 5)) {
            client.connect("d", true, "").next();
            assertThat(client.subscribe(1, "$share/g/x", 5).next()).isEqualTo("DISCONNECT 82"); // No Local
        }
    }

    @Test
    void neverGivesRetainedMessages() throws Exception {
        try (WireClient client = new WireClient(gateway, 5)) {
            client.connect("c", true, "").next();
            client.publish(QOS_1 | 1, 1, "jobs/r", "kept").next();
            client.subscribe(2, "$share/g/jobs/#", 1).next();
            assertThat(client.isQuiet()).isTrue();
        }
    }
}
