package io.polylog.camel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.polylog.metric.Meters;
import io.polylog.record.Header;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.TopicPartition;
import io.polylog.share.Acquired;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Message;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class RecordMapperTest {

    private static final TopicPartition PARTITION = new TopicPartition(new UUID(0, 1), "orders", 3);
    private static final byte[] NOT_UTF8 = {(byte) 0xC3, 0x28};
    private static final DefaultCamelContext CAMEL = new DefaultCamelContext();

    private static final PolylogEndpoint.Output PLAIN = new PolylogEndpoint.Output(null, null, null);

    private final AtomicLong dropped = new AtomicLong();
    private final RecordMapper mapper = new RecordMapper(new CountingMeters(dropped));
    private final Message message = new DefaultExchange(CAMEL).getMessage();

    @AfterAll
    static void close() {
        CAMEL.stop();
    }

    @Test
    void showsWhereARecordCameFrom() {
        RecordMapper.toMessage(
                new Acquired(PARTITION, 42, 7, 2, 5, new Record(bytes("k"), bytes("v"), 99, Headers.EMPTY)), message);
        assertThat(message.getHeaders())
                .containsEntry("CamelPolylogTopic", "orders")
                .containsEntry("CamelPolylogPartition", 3)
                .containsEntry("CamelPolylogOffset", 42L)
                .containsEntry("CamelPolylogTimestamp", 99L)
                .containsEntry("CamelPolylogFailures", 2)
                .containsEntry("CamelPolylogKey", "k");
        assertThat(message.getBody()).isEqualTo(bytes("v"));
    }

    @Test
    void aScheduleOfTheMessageWinsOverThatOfTheOutputAndHoldsOnce() {
        PolylogEndpoint.Output late = new PolylogEndpoint.Output("k", null, "15m");
        message.setHeader("CamelPolylogDelay", 500);
        message.setHeader("CamelPolylogScheduleId", "order-7");
        Record first = mapper.toRecord(message, late, 1);
        Record second = mapper.toRecord(message, late, 1);
        Record third = mapper.toRecord(message, PLAIN, 1);
        assertThat(first.headers().asList())
                .extracting(header -> header.key() + "=" + header.text())
                .containsExactly("polylog-delay=500", "polylog-schedule-id=order-7");
        assertThat(first.key()).isEqualTo(bytes("k"));
        assertThat(second.headers().asList())
                .extracting(header -> header.key() + "=" + header.text())
                .containsExactly("polylog-delay=15m");
        assertThat(third.headers().asList()).isEmpty();
    }

    @Test
    void aCancelIsEmptyAndHoldsOnce() {
        message.setBody("paid");
        message.setHeader("CamelPolylogScheduleCancel", "order-7");
        Record cancel = mapper.toRecord(message, new PolylogEndpoint.Output(null, null, "15m"), 1);
        assertThat(cancel.value()).isNull();
        assertThat(cancel.headers().asList())
                .extracting(header -> header.key() + "=" + header.text())
                .containsExactly("polylog-schedule-cancel=order-7");
        Record next = mapper.toRecord(message, PLAIN, 1);
        assertThat(next.value()).isEqualTo(bytes("paid"));
        assertThat(next.headers().asList()).isEmpty();
    }

    @Test
    void whatAFiredRecordTellsOfItselfIsSeenAndNotPassedOn() {
        receive(Header.text("polylog-schedule-id", "order-7"), Header.text("polylog-scheduled-at", "17"));
        assertThat(message.getHeader("CamelPolylogScheduleId")).isEqualTo("order-7");
        assertThat(message.getHeader("CamelPolylogScheduledAt")).isEqualTo("17");
        assertThat(mapper.toRecord(message, PLAIN, 1).headers().asList()).isEmpty();
    }

    @Test
    void headersAreTextOrBytesOrLists() {
        receive(
                Header.text("city", "Köln"),
                new Header("blob", NOT_UTF8),
                new Header("absent", null),
                Header.text("tag", "a"),
                Header.text("tag", "b"));
        assertThat(message.getHeaders())
                .containsEntry("city", "Köln")
                .containsEntry("blob", NOT_UTF8)
                .containsEntry("absent", "")
                .containsEntry("tag", List.of("a", "b"));
    }

    @Test
    void hidesReservedHeadersFromRoutes() {
        receive(
                Header.text("CamelFileName", "/etc/passwd"),
                Header.text("camelhttpuri", "http://elsewhere"),
                Header.text("polylog-types", "a:int"),
                Header.text("polylog-delay", "15m"));
        assertThat(message.getHeaders())
                .doesNotContainKeys("CamelFileName", "camelhttpuri", "polylog-types")
                .containsEntry("polylog-delay", "15m");
    }

    @Test
    void aNullValueStaysNull() {
        RecordMapper.toMessage(new Acquired(PARTITION, 0, 0, 0, 0, new Record(null, null, 0, Headers.EMPTY)), message);
        assertThat(message.getBody()).isNull();
        assertThat(message.getHeaders()).doesNotContainKey("CamelPolylogKey");
        assertThat(mapper.toRecord(message, PLAIN, 5)).satisfies(record -> {
            assertThat(record.value()).isNull();
            assertThat(record.key()).isNull();
            assertThat(record.timestampMs()).isEqualTo(5);
        });
    }

    @Test
    void writesTextAndNumbersAsUtf8AndBytesAsTheyAre() {
        message.setBody("größer");
        message.setHeader("CamelPolylogKey", 17);
        message.setHeader("n", 1.5);
        message.setHeader("flag", true);
        message.setHeader("blob", NOT_UTF8);
        message.setHeader("list", List.of("x", 2));
        Record record = mapper.toRecord(message, PLAIN, 0);
        assertThat(record.value()).isEqualTo(bytes("größer"));
        assertThat(record.key()).isEqualTo(bytes("17"));
        assertThat(record.headers().lastText("n")).hasValue("1.5");
        assertThat(record.headers().lastText("flag")).hasValue("true");
        assertThat(record.headers().last("blob").orElseThrow().value()).isEqualTo(NOT_UTF8);
        assertThat(record.headers().asList().stream()
                        .filter(header -> header.key().equals("list"))
                        .map(Header::text))
                .containsExactly("x", "2");
    }

    @Test
    void neverWritesReservedHeaders() {
        message.setHeader("CamelPolylogTopic", "orders");
        message.setHeader("CamelAnything", "x");
        message.setHeader("polylog-other", "x");
        assertThat(mapper.toRecord(message, PLAIN, 0).headers().isEmpty()).isTrue();
        assertThat(dropped).hasValue(0);
    }

    @Test
    void countsHeadersThatARecordCannotHold() {
        message.setHeader("object", new Object());
        assertThat(mapper.toRecord(message, PLAIN, 0).headers().isEmpty()).isTrue();
        assertThat(dropped).hasValue(1);
    }

    @Test
    void readsStreamsAndRefusesOtherBodies() {
        message.setBody(new ByteArrayInputStream(NOT_UTF8));
        assertThat(mapper.toRecord(message, PLAIN, 0).value()).isEqualTo(NOT_UTF8);
        message.setBody(new Object());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> mapper.toRecord(message, PLAIN, 0))
                .withMessageContaining("the body is a java.lang.Object");
    }

    private void receive(Header... headers) {
        RecordMapper.toMessage(
                new Acquired(PARTITION, 0, 0, 0, 0, new Record(null, bytes("v"), 0, Headers.of(headers))), message);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    /** Sums every counter into one number. */
    private record CountingMeters(AtomicLong sum) implements Meters {
        @Override
        public Counter counter(String name, String... tags) {
            return sum::addAndGet;
        }

        @Override
        public Timer timer(String name, String... tags) {
            return nanos -> {};
        }

        @Override
        public void gauge(String name, java.util.function.DoubleSupplier value, String... tags) {}
    }
}
