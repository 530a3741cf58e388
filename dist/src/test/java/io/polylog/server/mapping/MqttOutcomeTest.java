package io.polylog.server.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.mapping.MqttOutcomeTest.Answered.After;
import io.polylog.testkit.GatewayExtension;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.qpid.protonj2.client.Client;
import org.apache.qpid.protonj2.client.Connection;
import org.apache.qpid.protonj2.client.Delivery;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.Receiver;
import org.apache.qpid.protonj2.client.ReceiverOptions;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The outcomes of MQTT in {@link OutcomeRow}, given by the member of a share whose other member is an AMQP receiver. */
class MqttOutcomeTest {

    private static final String GROUP = "crew";

    @RegisterExtension
    static final GatewayExtension gateway = GatewayExtension.withVirtualClock();

    /**
     * What a client does with a message, and what becomes of it.
     *
     * @param reason of PUBACK; negative if the connection ends instead
     */
    record Answered(String name, int reason, After after) {
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

    static Stream<Answered> answers() {
        return Stream.of(
                new Answered("success", 0x00, After.GONE),
                new Answered("no matching subscribers", 0x10, After.GONE),
                new Answered("connection lost", -1, After.AGAIN),
                new Answered("unspecified error", 0x80, After.DEAD),
                new Answered("implementation specific error", 0x83, After.DEAD),
                new Answered("not authorized", 0x87, After.DEAD),
                new Answered("quota exceeded", 0x97, After.DEAD),
                new Answered("payload format invalid", 0x99, After.DEAD));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void answerSettlesWhatBecomesOfTheMessage(Answered answered) throws Exception {
        String topic = "answered-" + answered.name().replace(' ', '-');
        try (KafkaDoor kafka = new KafkaDoor(gateway, topic);
                ShareMember member = new ShareMember(gateway, topic, GROUP, topic, 10)) {
            kafka.publish(kafka.draft("first"));
            MqttMessage first = member.next();
            try (Client client = Client.create();
                    Connection connection = client.connect("127.0.0.1", gateway.port("amqp"))) {
                Receiver other = connection.openReceiver(topic + "::" + GROUP, new ReceiverOptions());

                if (answered.reason() < 0) {
                    member.abandon();
                } else {
                    member.answer(first, answered.reason());
                }

                if (answered.after() == After.DEAD) {
                    assertDeadLetter(topic);
                }
                // Settled for good: only now does the member go, and what it held would come to the other.
                kafka.publish(kafka.draft("second"));
                member.close();
                Delivery next = other.receive(Door.PATIENCE_MS, TimeUnit.MILLISECONDS);
                assertThat(text(next)).isEqualTo(answered.after() == After.AGAIN ? "first" : "second");
                assertThat(next.message().toAdvancedMessage().deliveryCount())
                        .as("failures")
                        .isZero();
            }
        }
    }

    private static void assertDeadLetter(String topic) {
        try (KafkaDoor letters = new KafkaDoor(gateway, topic + ".dlq")) {
            ConsumerRecord<byte[], byte[]> letter = letters.next();
            assertThat(letter.value()).asString(UTF_8).isEqualTo("first");
            assertThat(letter.headers().lastHeader("__dlq.errors.message").value())
                    .asString(UTF_8)
                    .isEqualTo("rejected");
        }
    }

    private static String text(Delivery delivery) throws Exception {
        assertThat(delivery).as("a message comes").isNotNull();
        Message<byte[]> message = delivery.message();
        return new String(message.body(), UTF_8);
    }
}
