package io.polylog.server.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.server.mapping.KafkaDoor.KafkaDraft;
import io.polylog.server.mapping.OutcomeRow.Case;
import io.polylog.testkit.GatewayExtension;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.qpid.protonj2.client.Client;
import org.apache.qpid.protonj2.client.Connection;
import org.apache.qpid.protonj2.client.Delivery;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.Receiver;
import org.apache.qpid.protonj2.client.ReceiverOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every outcome of {@link OutcomeRow}, given by an AMQP receiver to a message of a Kafka producer. */
class OutcomeContractTest {

    @RegisterExtension
    static final GatewayExtension gateway = GatewayExtension.withVirtualClock();

    private static Client client;
    private static Connection connection;

    @BeforeAll
    static void connect() throws Exception {
        client = Client.create();
        connection = client.connect("127.0.0.1", gateway.port("amqp"));
    }

    @AfterAll
    static void disconnect() {
        connection.close();
        client.close();
    }

    static Stream<Case> cases() {
        return Arrays.stream(OutcomeRow.values()).flatMap(row -> row.cases().stream());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void outcomeSettlesWhatBecomesOfTheMessage(Case outcome) throws Exception {
        String topic = "outcome-" + outcome.name().replace(' ', '-');
        try (KafkaDoor kafka = new KafkaDoor(gateway, topic)) {
            publish(kafka, "first");
            Delivery first = next(receiver(topic));
            assertThat(text(first)).isEqualTo("first");
            assertThat(failures(first)).isZero();

            outcome.settling().settle(first);

            switch (outcome.after()) {
                case GONE -> assertNextIsSecond(kafka, topic, first.receiver());
                case AGAIN -> assertComesAgain(next(first.receiver()), 0);
                case AGAIN_AFTER_FAILURE -> assertComesAgain(next(first.receiver()), 1);
                case AGAIN_TO_ANOTHER -> assertComesAgain(next(receiver(topic)), 0);
                case DEAD -> {
                    assertNextIsSecond(kafka, topic, first.receiver());
                    assertDeadLetter(topic);
                }
            }
        }
    }

    @Test
    void everyRowHasACase() {
        assertThat(OutcomeRow.values())
                .allSatisfy(
                        row -> assertThat(row.cases()).as(row + " has cases").isNotEmpty());
    }

    @Test
    void documentationHasTheSameTable() throws Exception {
        assertThat(Documentation.table(OutcomeRow.HEADING))
                .as("the table of outcomes in docs/mapping.md is that of OutcomeRow; change both")
                .isEqualTo(OutcomeRow.markdownTable());
    }

    /** What was not settled would come again to a receiver that is new. */
    private static void assertNextIsSecond(KafkaDoor kafka, String topic, Receiver settled) throws Exception {
        Receiver fresh = receiver(topic, settled);
        publish(kafka, "second");
        assertThat(text(next(fresh))).isEqualTo("second");
    }

    private static void assertComesAgain(Delivery delivery, int failures) throws Exception {
        assertThat(text(delivery)).isEqualTo("first");
        assertThat(failures(delivery)).isEqualTo(failures);
        assertThat(delivery.message().toAdvancedMessage().firstAcquirer()).isFalse();
        assertThat(delivery.message().annotation("x-acquired-count")).hasToString("1");
    }

    private static void assertDeadLetter(String topic) {
        try (KafkaDoor letters = new KafkaDoor(gateway, topic + ".dlq")) {
            ConsumerRecord<byte[], byte[]> letter = letters.next();
            assertThat(letter.value()).asString(UTF_8).isEqualTo("first");
            assertThat(header(letter, "__dlq.errors.topic")).isEqualTo(topic);
            assertThat(header(letter, "x-first-death-reason")).isEqualTo("rejected");
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    private static void publish(KafkaDoor kafka, String value) throws Exception {
        KafkaDraft draft = kafka.draft(value);
        kafka.publish(draft);
    }

    private static Receiver receiver(String topic) throws Exception {
        return connection.openReceiver(topic, new ReceiverOptions().autoAccept(false));
    }

    /** A receiver in the place of another. */
    private static Receiver receiver(String topic, Receiver former) throws Exception {
        former.close();
        return receiver(topic);
    }

    private static Delivery next(Receiver receiver) throws Exception {
        Delivery delivery = receiver.receive(Door.PATIENCE_MS, TimeUnit.MILLISECONDS);
        assertThat(delivery).as("a message comes").isNotNull();
        return delivery;
    }

    private static String text(Delivery delivery) throws Exception {
        Message<byte[]> message = delivery.message();
        return new String(message.body(), UTF_8);
    }

    private static long failures(Delivery delivery) throws Exception {
        return delivery.message().deliveryCount();
    }
}
