package io.polylog.server.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.mapping.KafkaOutcomeTest.Said.After;
import io.polylog.testkit.GatewayExtension;
import io.polylog.time.NanoClock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.qpid.protonj2.client.Client;
import org.apache.qpid.protonj2.client.Connection;
import org.apache.qpid.protonj2.client.Delivery;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.Receiver;
import org.apache.qpid.protonj2.client.ReceiverOptions;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The outcomes of Kafka's share consumers in {@link OutcomeRow}, in a ledger whose other members speak AMQP and MQTT. */
@Execution(ExecutionMode.CONCURRENT)
class KafkaOutcomeTest {

    private static final String GROUP = "crew";
    private static final NanoClock CLOCK = NanoClock.system();

    @RegisterExtension
    static final GatewayExtension gateway = GatewayExtension.withVirtualClock();

    /** What a consumer says of a record before it goes, and what becomes of the record. */
    record Said(String name, List<AcknowledgeType> types, After after) {
        enum After {
            GONE,
            AGAIN,
            DEAD
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Said> sayings() {
        return Stream.of(
                new Said("accept", List.of(AcknowledgeType.ACCEPT), After.GONE),
                new Said("release", List.of(AcknowledgeType.RELEASE), After.AGAIN),
                new Said("reject", List.of(AcknowledgeType.REJECT), After.DEAD),
                new Said("renew", List.of(AcknowledgeType.RENEW), After.AGAIN),
                new Said("nothing", List.of(), After.AGAIN));
    }

    @ParameterizedTest
    @MethodSource("sayings")
    void whatIsSaidSettlesWhatBecomesOfTheRecord(Said said) throws Exception {
        String topic = "said-" + said.name();
        try (KafkaDoor kafka = new KafkaDoor(gateway, topic);
                KafkaShare member = new KafkaShare(gateway, GROUP, topic)) {
            kafka.publish(kafka.draft("first"));
            ConsumerRecord<byte[], byte[]> first = member.next();
            assertThat(first.deliveryCount()).contains((short) 1);
            for (AcknowledgeType type : said.types()) {
                member.settle(first, type);
            }
            member.abandon();
            kafka.publish(kafka.draft("second"));
            if (said.after() == After.DEAD) {
                assertDeadLetter(topic);
            }
            try (Client client = Client.create();
                    Connection connection = client.connect("127.0.0.1", gateway.port("amqp"))) {
                Receiver other = connection.openReceiver(topic + "::" + GROUP, new ReceiverOptions());
                Delivery next = other.receive(Door.PATIENCE_MS, TimeUnit.MILLISECONDS);
                assertThat(text(next)).isEqualTo(said.after() == After.AGAIN ? "first" : "second");
                assertThat(next.message().toAdvancedMessage().deliveryCount())
                        .as("failures")
                        .isZero();
                assertThat(next.message().toAdvancedMessage().firstAcquirer()).isEqualTo(said.after() != After.AGAIN);
            }
        }
    }

    @Test
    void consumersOfThreeProtocolsShareOneLedger() throws Exception {
        String topic = "shared";
        List<String> sent = IntStream.range(0, 200).mapToObj(String::valueOf).toList();
        List<String> received = Collections.synchronizedList(new ArrayList<>());
        try (KafkaDoor kafka = new KafkaDoor(gateway, topic);
                KafkaShare share = new KafkaShare(gateway, GROUP, topic);
                ShareMember mqtt = new ShareMember(gateway, topic, GROUP, topic, 1);
                Client client = Client.create();
                Connection connection = client.connect("127.0.0.1", gateway.port("amqp"))) {
            Receiver amqp = connection.openReceiver(topic + "::" + GROUP, new ReceiverOptions().creditWindow(0));
            for (String value : sent) {
                kafka.publish(kafka.draft(value));
            }
            int[] had = new int[3];
            long deadline = CLOCK.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2 * Door.PATIENCE_MS);
            while (received.size() < sent.size() && CLOCK.nanoTime() < deadline) {
                for (ConsumerRecord<byte[], byte[]> record : share.poll()) {
                    received.add(new String(record.value(), UTF_8));
                    share.settle(record, AcknowledgeType.ACCEPT);
                    had[0]++;
                }
                if (!mqtt.isQuiet()) {
                    MqttMessage message = mqtt.next();
                    received.add(new String(message.getPayload(), UTF_8));
                    mqtt.answer(message, 0);
                    had[1]++;
                }
                amqp.addCredit(1);
                Delivery delivery = amqp.receive(100, TimeUnit.MILLISECONDS);
                if (delivery != null) {
                    received.add(text(delivery));
                    had[2]++;
                }
            }
            assertThat(had).as("records of each").doesNotContain(0);
        }
        assertThat(received).containsExactlyInAnyOrderElementsOf(sent);
    }

    private static void assertDeadLetter(String topic) {
        try (KafkaDoor letters = new KafkaDoor(gateway, topic + ".dlq")) {
            ConsumerRecord<byte[], byte[]> letter = letters.next();
            assertThat(letter.value()).asString(UTF_8).isEqualTo("first");
            assertThat(letter.headers().lastHeader("__dlq.errors.message").value())
                    .asString(UTF_8)
                    .isEqualTo("rejected");
            assertThat(letter.headers().lastHeader("__dlq.errors.group").value())
                    .asString(UTF_8)
                    .isEqualTo(GROUP);
        }
    }

    private static String text(Delivery delivery) throws Exception {
        assertThat(delivery).as("a message comes").isNotNull();
        Message<byte[]> message = delivery.message();
        return new String(message.body(), UTF_8);
    }
}
