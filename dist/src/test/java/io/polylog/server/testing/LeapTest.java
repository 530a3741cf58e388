package io.polylog.server.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.TopicSpec;
import io.polylog.testkit.GatewayExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Clients whose signs of life are due every second or more often are connected while dates leap. A gateway that took the
 * leaps for silence would send them away at its next look.
 */
class LeapTest {

    private static final String TOPIC = "leaps";
    private static final int HEARTBEATS = 12;

    @RegisterExtension
    final GatewayExtension gateway = GatewayExtension.withVirtualClock().setting("amqp.idle-timeout-ms", "1000");

    /** Two share the partitions of the topic. */
    private final List<KafkaReceiver> members = new ArrayList<>();

    private final List<Receiver> others = new ArrayList<>();
    private KafkaReceiver modern;
    private OrderService producer;

    @BeforeEach
    void connect() throws Exception {
        gateway.gateway()
                .context()
                .topics()
                .create(new TopicSpec(TOPIC, 2, Map.of()))
                .toCompletableFuture()
                .join();
        Map<String, Object> classic =
                Map.of("group.protocol", "classic", "session.timeout.ms", "6000", "heartbeat.interval.ms", "200");
        for (int i = 0; i < 2; i++) {
            members.add(new KafkaReceiver(gateway, TOPIC, "classic", classic));
        }
        modern = new KafkaReceiver(gateway, TOPIC, "modern", Map.of("group.protocol", "consumer"));
        others.add(modern);
        others.add(new MqttReceiver(gateway, TOPIC + "/#", 1));
        others.add(new JmsReceiver(gateway, TOPIC));
        producer = new OrderService(gateway);
        Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> {
            poll();
            return modern.partitions() == 2 && members.stream().allMatch(member -> member.partitions() == 1);
        });
        members.forEach(KafkaReceiver::settled);
        modern.settled();
    }

    @AfterEach
    void disconnect() throws Exception {
        producer.close();
        for (Receiver receiver : others) {
            receiver.close();
        }
        members.forEach(KafkaReceiver::close);
    }

    @Test
    void connectedClientsLiveThroughLeaps() throws Exception {
        exchange("before");
        double heartbeats = members.get(0).heartbeats();
        while (members.get(0).heartbeats() < heartbeats + HEARTBEATS) {
            gateway.clock().advance("15m");
            poll();
        }
        assertStayed();
        exchange("after leaps of 15 minutes");

        gateway.clock().advance("30d");
        exchange("after a leap of 30 days");
        assertStayed();
    }

    @Test
    void leapsOfAMonthPassOverWhatWaitsForNextYear() throws Exception {
        for (int partition = 0; partition < 2; partition++) {
            ProducerRecord<String, String> later = new ProducerRecord<>(TOPIC, partition, "k", "next year");
            later.headers().add("polylog-delay", "365d".getBytes(UTF_8));
            producer.publish(later);
        }
        gateway.clock().advance("364d");
        exchange("the day before");
        gateway.clock().advance("1d");
        assertReceived("next year");
        assertStayed();
    }

    private void poll() {
        members.forEach(KafkaReceiver::poll);
        modern.poll();
    }

    /** A message to each partition: each member has one, and the others two. */
    private void exchange(String text) throws Exception {
        for (int partition = 0; partition < 2; partition++) {
            producer.publish(new ProducerRecord<>(TOPIC, partition, "k", text));
        }
        assertReceived(text);
    }

    private void assertReceived(String text) throws Exception {
        for (Receiver member : members) {
            assertThat(member.next()).isEqualTo(text);
        }
        for (Receiver other : others) {
            assertThat(other.next()).isEqualTo(text);
            assertThat(other.next()).isEqualTo(text);
        }
    }

    private void assertStayed() {
        members.forEach(Receiver::assertStayed);
        others.forEach(Receiver::assertStayed);
    }
}
