package io.polylog.server.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.mapping.KafkaDoor.KafkaDraft;
import io.polylog.server.mapping.Mqtt5Door.Mqtt5Message;
import io.polylog.testkit.GatewayExtension;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.qpid.protonj2.client.AdvancedMessage;
import org.apache.qpid.protonj2.client.Client;
import org.apache.qpid.protonj2.client.Connection;
import org.apache.qpid.protonj2.client.Delivery;
import org.apache.qpid.protonj2.client.Receiver;
import org.apache.qpid.protonj2.client.ReceiverOptions;
import org.apache.qpid.protonj2.client.exceptions.ClientException;
import org.apache.qpid.protonj2.types.Symbol;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each way for a message to die, and what clients of each protocol are told of it. */
class DeadLetterContractTest {

    private static final int DEFAULT_DELIVERY_LIMIT = 20;

    @RegisterExtension
    static final GatewayExtension gateway = GatewayExtension.withVirtualClock();

    /** A way to die. */
    private enum Cause {
        REJECTED("rejected", 0) {
            @Override
            void kill(Receiver receiver) throws Exception {
                next(receiver).reject("test:no", "not wanted");
            }
        },
        DELIVERY_LIMIT("delivery_limit", DEFAULT_DELIVERY_LIMIT + 1) {
            @Override
            void kill(Receiver receiver) throws Exception {
                for (int failures = 0; failures <= DEFAULT_DELIVERY_LIMIT; failures++) {
                    Delivery delivery = next(receiver);
                    assertThat(delivery.message().deliveryCount()).isEqualTo(failures);
                    delivery.modified(true, false);
                }
            }
        },
        EXPIRED("expired", 0) {
            @Override
            void kill(Receiver receiver) throws Exception {
                receiver.addCredit(1); // nobody is ever given it; somebody has to ask
            }
        };

        private final String reason;
        private final int failures;

        Cause(String reason, int failures) {
            this.reason = reason;
            this.failures = failures;
        }

        abstract void kill(Receiver receiver) throws Exception;
    }

    static Stream<Cause> causes() {
        return Stream.of(Cause.values());
    }

    @ParameterizedTest
    @MethodSource("causes")
    void everyProtocolIsToldWhyAndWhere(Cause cause) throws Exception {
        String topic = "dying-" + cause.reason;
        String letters = topic + ".dlq";
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", gateway.address("kafka")))) {
            // Made beforehand it has a place in the MQTT tree.
            admin.createTopics(List.of(new NewTopic(letters, 1, (short) 1)))
                    .all()
                    .get();
        }
        try (KafkaDoor kafka = new KafkaDoor(gateway, topic);
                KafkaDoor kafkaLetters = new KafkaDoor(gateway, letters);
                AmqpDoor amqpLetters = new AmqpDoor(gateway, letters);
                Mqtt5Door mqttLetters = new Mqtt5Door(gateway, letters);
                Client client = Client.create();
                Connection connection = client.connect("127.0.0.1", gateway.port("amqp"))) {
            KafkaDraft draft = kafka.draft("mortal");
            draft.key = "k".getBytes(UTF_8);
            draft.headers.add("message-id", "id-1".getBytes(UTF_8));
            draft.headers.add("colour", "red".getBytes(UTF_8));
            if (cause == Cause.EXPIRED) {
                draft.headers.add(
                        "expires-at", Long.toString(gateway.clock().timeMs()).getBytes(UTF_8));
            }
            kafka.publish(draft);

            cause.kill(connection.openReceiver(
                    topic, new ReceiverOptions().autoAccept(false).creditWindow(0)));

            Map<String, String> expected = expected(topic, cause);
            assertKafka(kafkaLetters.next(), expected);
            assertAmqp(amqpLetters.next(), expected, topic, cause);
            assertMqtt(mqttLetters.next(), expected);
        }
    }

    /** What a dead letter has beside what it had: the dialects of Kafka, of AMQP 0-9-1 and of AMQP 1.0. */
    private static Map<String, String> expected(String topic, Cause cause) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("__dlq.errors.topic", topic);
        headers.put("__dlq.errors.partition", "0");
        headers.put("__dlq.errors.offset", "0");
        headers.put("__dlq.errors.group", "queue:" + topic);
        headers.put("__dlq.errors.delivery.count", Integer.toString(cause.failures));
        headers.put("__dlq.errors.message", cause.reason);
        headers.put("x-first-death-queue", topic);
        headers.put("x-first-death-reason", cause.reason);
        headers.put("x-first-death-exchange", "");
        headers.put("x-last-death-queue", topic);
        headers.put("x-last-death-reason", cause.reason);
        headers.put("x-last-death-exchange", "");
        headers.put("x-opt-orig-address", topic);
        headers.put("x-opt-orig-queue", topic);
        headers.put("x-opt-orig-message-id", "id-1");
        headers.put("colour", "red");
        return headers;
    }

    private static void assertKafka(ConsumerRecord<byte[], byte[]> letter, Map<String, String> expected) {
        assertThat(letter.value()).asString(UTF_8).isEqualTo("mortal");
        assertThat(letter.key()).asString(UTF_8).isEqualTo("k");
        expected.forEach(
                (name, value) -> assertThat(letter.headers().lastHeader(name).value())
                        .as(name)
                        .asString(UTF_8)
                        .isEqualTo(value));
        assertThat(letter.headers().lastHeader("x-death").value())
                .asString(UTF_8)
                .startsWith("[{\"count\":1,\"reason\":\"" + expected.get("__dlq.errors.message") + "\"");
        assertThat(letter.headers().lastHeader("expires-at"))
                .as("its time is over")
                .isNull();
    }

    private static void assertAmqp(
            AdvancedMessage<Object> letter, Map<String, String> expected, String topic, Cause cause) throws Exception {
        assertThat(AmqpDoor.data(letter)).isEqualTo("mortal");
        assertThat(letter.annotation("x-opt-partition-key")).isEqualTo("k");
        expected.forEach(
                (name, value) -> assertThat(amqpValue(letter, name)).as(name).hasToString(value));
        assertThat(letter.annotation("x-opt-deaths")).isInstanceOfSatisfying(Object[].class, deaths -> {
            assertThat(deaths).hasSize(1);
            Map<?, ?> death = (Map<?, ?>) deaths[0];
            assertThat(death.get(Symbol.valueOf("queue"))).hasToString(topic);
            assertThat(death.get(Symbol.valueOf("reason"))).hasToString(cause.reason);
        });
    }

    /** Names that begin with x- are annotations. */
    private static Object amqpValue(AdvancedMessage<Object> letter, String name) {
        try {
            return name.startsWith("x-") ? letter.annotation(name) : letter.property(name);
        } catch (ClientException failure) {
            throw new AssertionError(failure);
        }
    }

    private static void assertMqtt(Mqtt5Message letter, Map<String, String> expected) {
        assertThat(letter.message.getPayload()).asString(UTF_8).isEqualTo("mortal");
        assertThat(letter.suffix).isEqualTo("/k");
        expected.forEach((name, value) -> assertThat(letter.user(name)).as(name).isEqualTo(value));
        assertThat(letter.user("x-death")).contains("\"reason\":\"" + expected.get("__dlq.errors.message") + "\"");
    }

    private static Delivery next(Receiver receiver) throws Exception {
        receiver.addCredit(1);
        Delivery delivery = receiver.receive(Door.PATIENCE_MS, TimeUnit.MILLISECONDS);
        assertThat(delivery).as("a message comes").isNotNull();
        return delivery;
    }

    /** A message that the gateway acquired for a client without room for it, and whose time is then over. */
    @Test
    void messageThatExpiresBeforeItsClientHasRoomIsADeadLetter() throws Exception {
        String topic = "dying-in-a-seat";
        try (KafkaDoor kafka = new KafkaDoor(gateway, topic);
                ShareMember member = new ShareMember(gateway, topic, "crew", topic, 1)) {
            kafka.publish(kafka.draft("first"));
            MqttMessage first = member.next();
            KafkaDraft mortal = kafka.draft("mortal");
            mortal.headers.add(
                    "expires-at",
                    Long.toString(gateway.clock().timeMs() + 1_000).getBytes(UTF_8));
            kafka.publish(mortal);
            kafka.publish(kafka.draft("third"));

            gateway.clock().advance(Duration.ofSeconds(2));
            member.answer(first, 0);

            assertThat(member.next().getPayload()).asString(UTF_8).isEqualTo("third");
            try (KafkaDoor letters = new KafkaDoor(gateway, topic + ".dlq")) {
                ConsumerRecord<byte[], byte[]> letter = letters.next();
                assertThat(letter.value()).asString(UTF_8).isEqualTo("mortal");
                assertThat(letter.headers().lastHeader("__dlq.errors.message").value())
                        .asString(UTF_8)
                        .isEqualTo("expired");
            }
        }
    }
}
