package io.polylog.amqp.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.record.Header;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.TopicPartition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedByte;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.UnsignedShort;
import org.apache.qpid.proton.amqp.messaging.AmqpSequence;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.Footer;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every row of the mapping contract in both directions; Proton's own message class is the other side. */
@SuppressWarnings("JavaUtilDate") // what Proton-J takes for timestamps
class MessageMappingTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final TopicPartition PARTITION = new TopicPartition(new UUID(1, 2), "orders", 3);

    private final List<String> dropped = new ArrayList<>();

    private Record toRecord(Message message) {
        byte[] buffer = new byte[1 << 16];
        int length = message.encode(buffer, 0, buffer.length);
        return MessageDecoder.local().decode(Arrays.copyOf(buffer, length), NOW, dropped::add);
    }

    private static Message toMessage(Record record) {
        return toMessage(new DeliveryNote(PARTITION, 42, 0, 0, record));
    }

    private static Message toMessage(DeliveryNote note) {
        byte[] encoded = MessageEncoder.local().encode(note, NOW);
        Message message = Proton.message();
        message.decode(encoded, 0, encoded.length);
        return message;
    }

    private static Record record(Header... headers) {
        return new Record(null, "v".getBytes(UTF_8), NOW, Headers.of(headers));
    }

    private static Message withBody() {
        Message message = Proton.message();
        message.setBody(new Data(new Binary("v".getBytes(UTF_8))));
        return message;
    }

    private static String header(Record record, String name) {
        return record.headers().lastText(name).orElseThrow(() -> new AssertionError("no header " + name));
    }

    @Test
    void valueIsOneDataSection() {
        Record record = toRecord(withBody());
        assertThat(record.value()).isEqualTo("v".getBytes(UTF_8));
        assertThat(record.headers().last("amqp.body")).isEmpty();
        Data body = (Data) toMessage(record).getBody();
        assertThat(TypedText.bytes(body.getValue())).isEqualTo("v".getBytes(UTF_8));
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
    void emptyValueIsNotNull() {
        Message message = Proton.message();
        message.setBody(new Data(new Binary(new byte[0])));
        assertThat(toRecord(message).value()).isEmpty();
        assertThat(toMessage(new Record(null, new byte[0], NOW, Headers.EMPTY)).getBody())
                .isInstanceOf(Data.class);
    }

    @Test
    void nullValueIsAmqpValueOfNull() {
        Message message = Proton.message();
        message.setBody(new AmqpValue(null));
        assertThat(toRecord(message).value()).isNull();
        AmqpValue body = (AmqpValue)
                toMessage(new Record(null, null, NOW, Headers.EMPTY)).getBody();
        assertThat(body.getValue()).isNull();
    }

    @Test
    void stringBodyIsStoredAsText() {
        Message message = Proton.message();
        message.setBody(new AmqpValue("grüße"));
        Record record = toRecord(message);
        assertThat(record.value()).isEqualTo("grüße".getBytes(UTF_8));
        assertThat(header(record, "amqp.body")).isEqualTo("str");
        Message back = toMessage(record);
        assertThat(((AmqpValue) back.getBody()).getValue()).isEqualTo("grüße");
        assertThat(back.getApplicationProperties()).isNull();
    }

    @Test
    void mapBodyComesBackExactly() {
        Map<Object, Object> map = new LinkedHashMap<>();
        map.put("a", 1L);
        map.put("b", new Binary(new byte[] {1, 2}));
        Message message = Proton.message();
        message.setBody(new AmqpValue(map));
        Record record = toRecord(message);
        assertThat(header(record, "amqp.body")).isEqualTo("value");
        assertThat(((AmqpValue) toMessage(record).getBody()).getValue()).isEqualTo(map);
    }

    @Test
    void sequenceBodyComesBackExactly() {
        Message message = Proton.message();
        message.setBody(new AmqpSequence(List.of(1, "two", true)));
        Record record = toRecord(message);
        assertThat(header(record, "amqp.body")).isEqualTo("seq");
        assertThat((Object) ((AmqpSequence) toMessage(record).getBody()).getValue())
                .isEqualTo(List.of(1, "two", true));
    }

    @Test
    void severalDataSectionsComeBackAsTheyWere() {
        AmqpWriter writer = new AmqpWriter(16);
        writer.data(new byte[] {1});
        writer.data(new byte[] {2, 3});
        Record record = MessageDecoder.local().decode(writer.toBytes(), NOW, dropped::add);
        assertThat(header(record, "amqp.body")).isEqualTo("multi");
        assertThat(record.value()).isEqualTo(writer.toBytes());
        byte[] encoded = MessageEncoder.local().encode(new DeliveryNote(PARTITION, 1, 0, 0, record), NOW);
        assertThat(Arrays.copyOfRange(encoded, encoded.length - writer.size(), encoded.length))
                .isEqualTo(writer.toBytes());
    }

    @Test
    void garbageUnderABodyHeaderIsSentAsData() {
        for (String kind : List.of("value", "seq", "multi", "nonsense")) {
            Message message = toMessage(record(Header.text("amqp.body", kind)));
            assertThat(message.getBody()).as(kind).isInstanceOf(Data.class);
        }
    }

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

    static Stream<Object> simpleValues() {
        return Stream.of(
                "text",
                true,
                (byte) -1,
                (short) -2,
                -3,
                -4L,
                UnsignedByte.valueOf((byte) -1),
                UnsignedShort.valueOf((short) -1),
                UnsignedInteger.valueOf(-1),
                UnsignedLong.valueOf(-1L),
                1.5f,
                Double.NEGATIVE_INFINITY,
                new Date(123),
                new UUID(7, 8),
                new Binary("ascii".getBytes(UTF_8)),
                new Binary(new byte[] {(byte) 0xff}),
                Symbol.valueOf("sym"),
                'c');
    }

    @ParameterizedTest
    @MethodSource("simpleValues")
    void applicationPropertiesAndAnnotationsKeepTheirType(Object value) {
        Message message = withBody();
        message.setApplicationProperties(new ApplicationProperties(Map.of("a,b:c%", value)));
        message.setMessageAnnotations(
                new MessageAnnotations(Map.of(Symbol.valueOf("x-ann"), value, Symbol.valueOf("other"), value)));
        Message back = toMessage(toRecord(message));
        assertThat(back.getApplicationProperties().getValue()).isEqualTo(Map.of("a,b:c%", value));
        assertThat(annotation(back, "x-ann")).isEqualTo(value);
        assertThat(annotation(back, "other")).isEqualTo(value);
    }

    @Test
    void typedValuesReadAsPlainText() {
        Message message = withBody();
        message.setApplicationProperties(new ApplicationProperties(Map.of("count", 12L)));
        Record record = toRecord(message);
        assertThat(header(record, "count")).isEqualTo("12");
        assertThat(header(record, "polylog-types")).isEqualTo("count:long");
    }

    @Test
    void nullPropertyStaysNull() {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("nothing", null);
        Message message = withBody();
        message.setApplicationProperties(new ApplicationProperties(properties));
        Record record = toRecord(message);
        assertThat(record.headers().last("nothing").orElseThrow().value()).isNull();
        assertThat(toMessage(record).getApplicationProperties().getValue()).isEqualTo(properties);
    }

    @Test
    void nestedValuesAreJsonAndComeBackExactly() {
        Map<Object, Object> nested = new LinkedHashMap<>();
        nested.put("list", List.of(1, "x"));
        nested.put("flag", true);
        Message message = withBody();
        message.setApplicationProperties(new ApplicationProperties(Map.of("deep", nested)));
        message.setMessageAnnotations(new MessageAnnotations(Map.of(Symbol.valueOf("x-list"), List.of("one"))));
        message.setFooter(new Footer(Map.of(Symbol.valueOf("sig"), new Binary(new byte[] {9}))));
        Record record = toRecord(message);
        assertThat(header(record, "deep")).isEqualTo("{\"list\":[1,\"x\"],\"flag\":true}");
        assertThat(header(record, "x-list")).isEqualTo("[\"one\"]");
        Message back = toMessage(record);
        assertThat(back.getApplicationProperties().getValue()).isEqualTo(Map.of("deep", nested));
        assertThat(annotation(back, "x-list")).isEqualTo(List.of("one"));
        assertThat((Object) back.getFooter().getValue())
                .isEqualTo(Map.of(Symbol.valueOf("sig"), new Binary(new byte[] {9})));
    }

    @Test
    void garbageInTheRawHeaderIsNotSentOn() {
        for (byte[] raw : List.of(new byte[] {1}, new byte[0], new byte[] {(byte) 0xc1, 2, 2, 0x40})) {
            Message message = toMessage(record(Header.text("deep", "[1]"), new Header("amqp.raw", raw)));
            assertThat(message.getApplicationProperties().getValue()).isEqualTo(Map.of("deep", "[1]"));
        }
    }

    @Test
    void repeatedHeadersAreAListAndComeBack() {
        Record record = record(Header.text("a", "1"), Header.text("a", "2"), Header.text("b", "3"));
        Message message = toMessage(record);
        assertThat(message.getApplicationProperties().getValue()).isEqualTo(Map.of("a", List.of("1", "2"), "b", "3"));
        assertThat(toRecord(message).headers().asList().stream().map(h -> h.key() + "=" + h.text()))
                .containsExactly("a=1", "a=2", "b=3");
    }

    @Test
    void headerBytesThatAreNoTextAreBinary() {
        Message message = toMessage(record(new Header("b", new byte[] {(byte) 0xc3})));
        assertThat(message.getApplicationProperties().getValue())
                .isEqualTo(Map.of("b", new Binary(new byte[] {(byte) 0xc3})));
    }

    @Test
    void propertyNamedLikeAFieldIsKeptApart() {
        Message message = withBody();
        message.setSubject("field");
        message.setApplicationProperties(
                new ApplicationProperties(Map.of("subject", "property", "x-y", "z", "amqp.to", "t")));
        Record record = toRecord(message);
        assertThat(header(record, "subject")).isEqualTo("field");
        assertThat(header(record, "amqp.app.subject")).isEqualTo("property");
        Message back = toMessage(record);
        assertThat(back.getSubject()).isEqualTo("field");
        assertThat(back.getApplicationProperties().getValue())
                .isEqualTo(Map.of("subject", "property", "x-y", "z", "amqp.to", "t"));
    }

    @Test
    void fieldThatDoesNotReadAsItsTypeIsAProperty() {
        Message message = toMessage(record(Header.text("priority", "high"), Header.text("expires-at", "soon")));
        assertThat(message.getApplicationProperties().getValue())
                .isEqualTo(Map.of("priority", "high", "expires-at", "soon"));
    }

    @Test
    void traceContextAndCloudEventsCross() {
        Message message = withBody();
        message.setApplicationProperties(new ApplicationProperties(
                Map.of("traceparent", "00-1-2-01", "cloudEvents:id", "7", "cloudEvents_type", "t")));
        Record record = toRecord(message);
        assertThat(header(record, "traceparent")).isEqualTo("00-1-2-01");
        assertThat(header(record, "ce_id")).isEqualTo("7");
        assertThat(header(record, "ce_type")).isEqualTo("t");
        assertThat(toMessage(record).getApplicationProperties().getValue())
                .isEqualTo(Map.of("traceparent", "00-1-2-01", "cloudEvents_id", "7", "cloudEvents_type", "t"));
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
    void reservedHeadersAreHiddenBothWays() {
        Message out = toMessage(record(
                Header.text("polylog-secret", "1"),
                Header.text("CamelFile", "2"),
                Header.text("polylog-schedule-id", "3"),
                Header.text("polylog-scheduled-at", "4")));
        assertThat(out.getApplicationProperties().getValue())
                .isEqualTo(Map.of("polylog-schedule-id", "3", "polylog-scheduled-at", "4"));
        Message in = withBody();
        in.setApplicationProperties(new ApplicationProperties(Map.of("polylog-types", "x:int", "CamelFile", "2")));
        assertThat(toRecord(in).headers()).isEmpty();
        assertThat(dropped).containsExactly("reserved-name", "reserved-name");
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
    void everyTruncationAndEveryFlippedByteIsReadOrRefused() {
        Message message = withBody();
        message.setMessageId(new UUID(1, 1));
        message.setTtl(77);
        message.setApplicationProperties(new ApplicationProperties(Map.of("deep", List.of(1, List.of(2)), "n", 5)));
        byte[] buffer = new byte[4096];
        int length = message.encode(buffer, 0, buffer.length);
        for (int cut = 0; cut < length; cut++) {
            readOrRefused(Arrays.copyOf(buffer, cut));
        }
        for (int at = 0; at < length; at++) {
            for (int flip : new int[] {1, 0x40, 0x80, 0xff}) {
                byte[] corrupt = Arrays.copyOf(buffer, length);
                corrupt[at] ^= (byte) flip;
                readOrRefused(corrupt);
            }
        }
    }

    private void readOrRefused(byte[] bytes) {
        try {
            Record record = MessageDecoder.local().decode(bytes, NOW, dropped::add);
            toMessage(record); // whatever was read can be sent
        } catch (MessageRefusedException refused) {
            assertThat(refused.condition().toString()).startsWith("amqp:");
        }
    }

    private static Object annotation(Message message, String name) {
        return message.getMessageAnnotations().getValue().get(Symbol.valueOf(name));
    }
}
