package io.polylog.amqp.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.record.Header;
import io.polylog.record.Record;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedByte;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.UnsignedShort;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Footer;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All other headers: application properties, annotations, and their types. */
@SuppressWarnings("JavaUtilDate") // what Proton-J takes for timestamps
class HeaderMappingTest extends Mapped {
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
}
