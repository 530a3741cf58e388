package io.polylog.amqp.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.record.Header;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import java.util.Date;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What AMQP has fields and annotations of its own for. */
@SuppressWarnings("JavaUtilDate") // what Proton-J takes for timestamps
class FieldMappingTest extends Mapped {
    @Test
    void keyIsThePartitionKeyAnnotation() {
        Message message = withBody();
        message.setMessageAnnotations(new MessageAnnotations(Map.of(Symbol.valueOf("x-opt-partition-key"), "k")));
        message.setGroupId("g");
        Record record = toRecord(message);
        assertThat(record.key()).isEqualTo("k".getBytes(UTF_8));
        assertThat(annotation(toMessage(record), "x-opt-partition-key")).isEqualTo("k");
    }

    @Test
    void groupIdIsTheKeyWhenThereIsNoOther() {
        Message message = withBody();
        message.setGroupId("g");
        message.setGroupSequence(7);
        message.setReplyToGroupId("h");
        Record record = toRecord(message);
        assertThat(record.key()).isEqualTo("g".getBytes(UTF_8));
        assertThat(header(record, "amqp.group-id")).isEqualTo("g");
        assertThat(header(record, "amqp.group-sequence")).isEqualTo("7");
        Message back = toMessage(record);
        assertThat(back.getGroupId()).isEqualTo("g");
        assertThat(back.getGroupSequence()).isEqualTo(7);
        assertThat(back.getReplyToGroupId()).isEqualTo("h");
    }

    @Test
    void keyThatIsNoTextIsBinary() {
        byte[] key = {(byte) 0xff, 0};
        Message message = toMessage(new Record(key, new byte[0], NOW, Headers.EMPTY));
        Object annotation = annotation(message, "x-opt-partition-key");
        assertThat(TypedText.bytes((Binary) annotation)).isEqualTo(key);
        assertThat(toRecord(message).key()).isEqualTo(key);
    }

    @Test
    void timestampIsTheCreationTime() {
        Message message = withBody();
        message.setCreationTime(5L);
        assertThat(toRecord(message).timestampMs()).isEqualTo(5);
        assertThat(toRecord(withBody()).timestampMs()).isEqualTo(NOW);
        assertThat(toMessage(new Record(null, null, 9, Headers.EMPTY)).getCreationTime())
                .isEqualTo(9);
    }

    @Test
    void positionIsToldOnDeliveryAndForgottenOnTheWayIn() {
        Message message = toMessage(new DeliveryNote(PARTITION, 42, 2, 5, record()));
        assertThat(annotation(message, "x-opt-partition")).isEqualTo(3);
        assertThat(annotation(message, "x-opt-offset")).isEqualTo("42");
        assertThat(annotation(message, "x-opt-sequence-number")).isEqualTo(42L);
        assertThat(annotation(message, "x-acquired-count")).isEqualTo(UnsignedInteger.valueOf(5));
        assertThat(message.getDeliveryCount()).isEqualTo(2);
        assertThat(message.getHeader().getFirstAcquirer()).isFalse();
        assertThat(toRecord(message).headers()).isEmpty();
    }

    @Test
    void propertiesAreHeadersOfTheSameName() {
        Message message = withBody();
        message.setContentType("text/plain");
        message.setContentEncoding("gzip");
        message.setCorrelationId("c");
        message.setMessageId("m");
        message.setReplyTo("/queues/replies");
        message.setSubject("s");
        message.setAddress("/queues/orders");
        message.setUserId("me".getBytes(UTF_8));
        Record record = toRecord(message);
        assertThat(header(record, "content-type")).isEqualTo("text/plain");
        assertThat(header(record, "content-encoding")).isEqualTo("gzip");
        assertThat(header(record, "correlation-id")).isEqualTo("c");
        assertThat(header(record, "message-id")).isEqualTo("m");
        assertThat(header(record, "reply-to")).isEqualTo("replies");
        assertThat(header(record, "subject")).isEqualTo("s");
        assertThat(header(record, "amqp.to")).isEqualTo("/queues/orders");
        assertThat(header(record, "amqp.user-id")).isEqualTo("me");
        Message back = toMessage(record);
        assertThat(back.getContentType()).isEqualTo("text/plain");
        assertThat(back.getContentEncoding()).isEqualTo("gzip");
        assertThat(back.getCorrelationId()).isEqualTo("c");
        assertThat(back.getMessageId()).isEqualTo("m");
        assertThat(back.getReplyTo()).isEqualTo("replies");
        assertThat(back.getSubject()).isEqualTo("s");
        assertThat(back.getAddress()).isEqualTo("/queues/orders");
        assertThat(back.getUserId()).isEqualTo("me".getBytes(UTF_8));
        assertThat(back.getApplicationProperties()).isNull();
    }

    static Stream<Object> identifiers() {
        return Stream.of(
                "text",
                UnsignedLong.valueOf(-1L),
                new UUID(4, 5),
                new Binary(new byte[] {(byte) 0xfe}),
                new Binary("ascii".getBytes(UTF_8)));
    }

    @ParameterizedTest
    @MethodSource("identifiers")
    void identifiersKeepTheirType(Object id) {
        Message message = withBody();
        message.setMessageId(id);
        message.setCorrelationId(id);
        Message back = toMessage(toRecord(message));
        assertThat(back.getMessageId()).isEqualTo(id);
        assertThat(back.getCorrelationId()).isEqualTo(id);
    }

    @Test
    void headerFieldsAreHeaders() {
        Message message = withBody();
        message.setDurable(true);
        message.setPriority((short) 9);
        Record record = toRecord(message);
        assertThat(header(record, "amqp.durable")).isEqualTo("true");
        assertThat(header(record, "priority")).isEqualTo("9");
        assertThat(toMessage(record).isDurable()).isTrue();
        assertThat(toMessage(record).getPriority()).isEqualTo((short) 9);
    }

    @Test
    void earliestOfTheExpiriesWins() {
        Message message = withBody();
        message.setTtl(5_000);
        message.setExpiryTime(NOW + 9_000);
        Record record = toRecord(message);
        assertThat(header(record, "expires-at")).isEqualTo(Long.toString(NOW + 5_000));
        message.setExpiryTime(NOW + 2_000);
        assertThat(header(toRecord(message), "expires-at")).isEqualTo(Long.toString(NOW + 2_000));
        assertThat(toMessage(record).getTtl()).isEqualTo(5_000);
        assertThat(toMessage(record).getExpiryTime()).isEqualTo(NOW + 5_000);
        assertThat(toMessage(record(Header.text("expires-at", Long.toString(NOW - 1))))
                        .getHeader()
                        .getTtl())
                .isEqualTo(UnsignedInteger.ZERO);
    }

    @Test
    void laterTimeBecomesTheHeadersThatAskForIt() {
        Message message = withBody();
        message.setMessageAnnotations(new MessageAnnotations(
                Map.of(Symbol.valueOf("x-opt-delivery-time"), NOW, Symbol.valueOf("x-opt-delivery-delay"), 5)));
        message.setApplicationProperties(new ApplicationProperties(Map.of("polylog-schedule-id", 7)));
        Record record = toRecord(message);
        assertThat(record.headers()).hasSize(3); // no types beside them: these are text for every door
        assertThat(header(record, "polylog-deliver-at")).isEqualTo(Long.toString(NOW));
        assertThat(header(record, "polylog-delay")).isEqualTo("5");
        assertThat(header(record, "polylog-schedule-id")).isEqualTo("7");
    }

    @Test
    void deadLetterTellsOfItsDeaths() {
        Record letter = record(
                Header.text(
                        "polylog-deaths",
                        "delivery_limit 2 1700000000000 1700000005000 orders%3A%3Aaudit  rk\n"
                                + "rejected 1 1600000000000 1600000000000 orders ex rk\nnot one of ours"),
                Header.text("x-death", "[]"),
                Header.text("x-first-death-reason", "rejected"),
                Header.text("x-opt-orig-queue", "orders"));
        Map<Symbol, Object> annotations =
                toMessage(letter).getMessageAnnotations().getValue();
        assertThat(annotations)
                .containsEntry(Symbol.valueOf("x-first-death-reason"), "rejected")
                .containsEntry(Symbol.valueOf("x-opt-orig-queue"), "orders")
                .doesNotContainKey(Symbol.valueOf("x-death"));
        Object[] deaths = (Object[]) annotations.get(Symbol.valueOf("x-opt-deaths"));
        assertThat(deaths).hasSize(2);
        Map<?, ?> latest = (Map<?, ?>) deaths[0];
        assertThat(latest.get(Symbol.valueOf("queue"))).isEqualTo("orders::audit");
        assertThat(latest.get(Symbol.valueOf("reason"))).isEqualTo(Symbol.valueOf("delivery_limit"));
        assertThat(latest.get(Symbol.valueOf("count"))).isEqualTo(UnsignedLong.valueOf(2));
        assertThat(latest.get(Symbol.valueOf("first-time"))).isEqualTo(new Date(1_700_000_000_000L));
        assertThat(latest.get(Symbol.valueOf("last-time"))).isEqualTo(new Date(1_700_000_005_000L));
        assertThat(latest.get(Symbol.valueOf("exchange"))).isEqualTo("");
        assertThat((Object[]) latest.get(Symbol.valueOf("routing-keys"))).containsExactly("rk");
        assertThat(((Map<?, ?>) deaths[1]).get(Symbol.valueOf("exchange"))).isEqualTo("ex");
    }

    @Test
    void routingFieldsOfTheOlderProtocolAreAnnotations() {
        Record record = record(
                Header.text("amqp.exchange", "e"),
                Header.text("amqp.routing-key", "r"),
                Header.text("amqp.app-id", "a"),
                Header.text("amqp.cluster-id", "c"),
                Header.text("mqtt.qos", "1"));
        Message message = toMessage(record);
        assertThat(annotation(message, "x-exchange")).isEqualTo("e");
        assertThat(annotation(message, "x-routing-key")).isEqualTo("r");
        assertThat(message.getApplicationProperties().getValue())
                .isEqualTo(Map.of("amqp.app-id", "a", "amqp.cluster-id", "c", "mqtt.qos", "1"));
        Headers back = toRecord(message).headers();
        for (Header header : record.headers()) {
            assertThat(back.lastText(header.key())).as(header.key()).contains(header.text());
        }
    }

    @Test
    void fieldThatDoesNotReadAsItsTypeIsAProperty() {
        Message message = toMessage(record(Header.text("priority", "high"), Header.text("expires-at", "soon")));
        assertThat(message.getApplicationProperties().getValue())
                .isEqualTo(Map.of("priority", "high", "expires-at", "soon"));
    }
}
