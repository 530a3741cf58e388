package io.polylog.server.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.server.mapping.Lens.Carried;
import io.polylog.server.mapping.Lens.Delivered;
import io.polylog.server.mapping.Lens.DeliveredInPart;
import io.polylog.server.mapping.MappingCase.Value;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.qpid.protonj2.types.messaging.AmqpSequence;
import org.apache.qpid.protonj2.types.messaging.AmqpValue;
import org.apache.qpid.protonj2.types.messaging.Data;
import org.apache.qpid.protonj2.types.messaging.Section;

/**
 * What AMQP alone can say: values within values, and bodies that are not one data section. Between AMQP clients they are
 * exact; the others get the text or the bytes that the log holds.
 */
final class BodyCases {

    private static final byte DATA = 0x75;
    private static final byte SEQUENCE = 0x76;
    private static final byte VALUE = 0x77;

    private BodyCases() {}

    static List<MappingCase> nested() {
        return List.of(
                nested("map", Map.of("a", 1, "b", List.of(true, "x")), "{\"a\":1,\"b\":[true,\"x\"]}"),
                nested(
                        "list",
                        List.of(Map.of("deep", List.of(-1L, "\"quoted\""))),
                        "[{\"deep\":[-1,\"\\\"quoted\\\"\"]}]"));
    }

    private static MappingCase nested(String name, Object value, String json) {
        return new MappingCase(
                name + " in a property",
                Value.of(json),
                Value.none(),
                KafkaDoor.delivered("nested"),
                new Carried<>(
                        (draft, text) -> draft.property("nested", ordered(value)),
                        message -> value.equals(message.property("nested")) ? json : null),
                Mqtt5Door.delivered("nested"),
                Mqtt3Door.dropped("header"));
    }

    /** A map in the order of its keys, so that its text is always the same. */
    private static Object ordered(Object value) {
        return value instanceof Map<?, ?> map ? new TreeMap<>(map) : value;
    }

    static List<MappingCase> bodies() {
        return List.of(
                body("int value", "value", VALUE, List.of(new AmqpValue<>(42))),
                body("map value", "value", VALUE, List.of(new AmqpValue<>(Map.of("a", List.of(1, "x"))))),
                body("list value", "value", VALUE, List.of(new AmqpValue<>(List.of(1, "x", Map.of("k", 2L))))),
                body("sequence", "seq", SEQUENCE, List.of(new AmqpSequence<>(List.of(1, "x")))),
                body(
                        "sequences",
                        "seq",
                        SEQUENCE,
                        List.of(new AmqpSequence<>(List.of(1)), new AmqpSequence<>(List.of("x", "y")))),
                body(
                        "data sections",
                        "multi",
                        DATA,
                        List.of(new Data("one".getBytes(UTF_8)), new Data("two".getBytes(UTF_8)))));
    }

    /**
     * @param kind what the header {@code amqp.body} calls it
     * @param descriptor of the sections that the record's value begins with
     */
    private static MappingCase body(String name, String kind, byte descriptor, List<Section<?>> sections) {
        return new MappingCase(
                name,
                Value.of(kind),
                Value.none(),
                new Delivered<>(message ->
                        kindOf(text(message.headers().lastHeader("amqp.body")), message.value(), descriptor)),
                new Carried<>(
                        (draft, unused) -> {
                            draft.clearBodySections();
                            for (Section<?> section : sections) {
                                draft.addBodySection(section);
                            }
                        },
                        message -> contents(message.bodySections()).equals(contents(sections)) ? kind : null),
                new Delivered<>(message -> kindOf(message.user("amqp.body"), message.message.getPayload(), descriptor)),
                new DeliveredInPart<>(message -> kindOf(kind, message.message.getPayload(), descriptor), "header"));
    }

    private static String text(org.apache.kafka.common.header.Header header) {
        return header == null ? null : new String(header.value(), UTF_8);
    }

    /** The kind, if the value begins with a section of it (AMQP part 1, §1.2: a descriptor is a small unsigned long). */
    private static String kindOf(String kind, byte[] value, byte descriptor) {
        boolean begins = value.length > 2 && value[0] == 0 && value[1] == 0x53 && value[2] == descriptor;
        return begins ? kind : null;
    }

    private static List<Object> contents(Iterable<? extends Section<?>> sections) {
        List<Object> contents = new java.util.ArrayList<>();
        sections.forEach(section -> contents.add(
                section instanceof Data data
                        ? "data " + new String(data.getValue(), UTF_8)
                        : section.getClass().getSimpleName() + " " + section.getValue()));
        return contents;
    }
}
