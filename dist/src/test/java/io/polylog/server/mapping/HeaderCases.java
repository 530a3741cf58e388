package io.polylog.server.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.server.mapping.Lens.Carried;
import io.polylog.server.mapping.Lens.Dropped;
import io.polylog.server.mapping.Lens.Refused;
import io.polylog.server.mapping.Lens.Sent;
import io.polylog.server.mapping.Lens.Untold;
import io.polylog.server.mapping.MappingCase.Value;
import java.util.List;

/** Headers of a record that some protocol has a field for, and all others. */
final class HeaderCases {

    private HeaderCases() {}

    static List<MappingCase> contentType() {
        return List.of(MappingCase.header(
                "content-type",
                "text/plain",
                AmqpDoor.field((draft, value) -> draft.contentType(value), message -> message.contentType()),
                Mqtt5Door.field(
                        (draft, value) -> draft.properties().setContentType(value),
                        message -> message.properties().getContentType()),
                Mqtt3Door.dropped("content-type")));
    }

    static List<MappingCase> contentEncoding() {
        return List.of(MappingCase.header(
                "content-encoding",
                "gzip",
                AmqpDoor.field((draft, value) -> draft.contentEncoding(value), message -> message.contentEncoding()),
                Mqtt5Door.userProperty("content-encoding"),
                Mqtt3Door.dropped("header")));
    }

    static List<MappingCase> correlationId() {
        return List.of(MappingCase.header(
                "correlation-id",
                "request 7",
                AmqpDoor.field(
                        (draft, value) -> draft.correlationId(value),
                        message -> AmqpDoor.text(message.correlationId())),
                Mqtt5Door.field(
                        (draft, value) -> draft.properties().setCorrelationData(value.getBytes(UTF_8)),
                        message -> text(message.properties().getCorrelationData())),
                Mqtt3Door.dropped("correlation-id")));
    }

    static List<MappingCase> replyTo() {
        return List.of(
                MappingCase.header(
                        "reply-to",
                        "replies",
                        AmqpDoor.field((draft, value) -> draft.replyTo(value), message -> message.replyTo()),
                        Mqtt5Door.field(
                                (draft, value) -> draft.properties().setResponseTopic(value),
                                message -> message.properties().getResponseTopic()),
                        Mqtt3Door.dropped("reply-to")),
                new MappingCase(
                        "reply-to that is no topic name",
                        Value.of("replies/#"),
                        Value.none(),
                        KafkaDoor.header("reply-to"),
                        AmqpDoor.field((draft, value) -> draft.replyTo(value), message -> message.replyTo()),
                        new Dropped<>("reply-to"),
                        new Untold<>()));
    }

    static List<MappingCase> messageId() {
        return List.of(MappingCase.header(
                "message-id",
                "id-1",
                AmqpDoor.field((draft, value) -> draft.messageId(value), message -> AmqpDoor.text(message.messageId())),
                Mqtt5Door.userProperty("message-id"),
                Mqtt3Door.dropped("header")));
    }

    static List<MappingCase> subject() {
        return List.of(MappingCase.header(
                "subject",
                "order placed",
                AmqpDoor.field((draft, value) -> draft.subject(value), message -> message.subject()),
                Mqtt5Door.userProperty("subject"),
                Mqtt3Door.dropped("header")));
    }

    static List<MappingCase> priority() {
        return List.of(MappingCase.header(
                "priority",
                "7",
                AmqpDoor.field(
                        (draft, value) -> draft.priority(Byte.parseByte(value)),
                        message -> message.header().hasPriority() ? Byte.toString(message.priority()) : null),
                Mqtt5Door.userProperty("priority"),
                Mqtt3Door.dropped("header")));
    }

    static List<MappingCase> amqpFields() {
        return List.of(
                MappingCase.header(
                        "amqp.durable",
                        "true",
                        AmqpDoor.field(
                                (draft, value) -> draft.durable(true), message -> message.durable() ? "true" : null),
                        Mqtt5Door.userProperty("amqp.durable"),
                        Mqtt3Door.dropped("header")),
                MappingCase.header(
                        "amqp.user-id",
                        "guest",
                        AmqpDoor.field(
                                (draft, value) -> draft.userId(value.getBytes(UTF_8)),
                                message -> text(message.userId())),
                        Mqtt5Door.userProperty("amqp.user-id"),
                        Mqtt3Door.dropped("header")),
                MappingCase.header(
                        "amqp.to",
                        "orders",
                        AmqpDoor.field((draft, value) -> draft.to(value), message -> message.to()),
                        Mqtt5Door.userProperty("amqp.to"),
                        Mqtt3Door.dropped("header")),
                MappingCase.header(
                        "amqp.group-sequence",
                        "5",
                        AmqpDoor.field(
                                (draft, value) -> draft.groupSequence(Integer.parseInt(value)),
                                message -> message.properties().hasGroupSequence()
                                        ? Integer.toString(message.groupSequence())
                                        : null),
                        Mqtt5Door.userProperty("amqp.group-sequence"),
                        Mqtt3Door.dropped("header")),
                MappingCase.header(
                        "amqp.reply-to-group-id",
                        "group 2",
                        AmqpDoor.field(
                                (draft, value) -> draft.replyToGroupId(value), message -> message.replyToGroupId()),
                        Mqtt5Door.userProperty("amqp.reply-to-group-id"),
                        Mqtt3Door.dropped("header")),
                MappingCase.header(
                        "amqp.app-id",
                        "shop",
                        AmqpDoor.property("amqp.app-id"),
                        Mqtt5Door.userProperty("amqp.app-id"),
                        Mqtt3Door.dropped("header")),
                MappingCase.header(
                        "amqp.cluster-id",
                        "east",
                        AmqpDoor.property("amqp.cluster-id"),
                        Mqtt5Door.userProperty("amqp.cluster-id"),
                        Mqtt3Door.dropped("header")),
                MappingCase.header(
                        "amqp.exchange",
                        "trade",
                        AmqpDoor.annotation("x-exchange"),
                        Mqtt5Door.userProperty("amqp.exchange"),
                        Mqtt3Door.dropped("header")),
                MappingCase.header(
                        "amqp.routing-key",
                        "eu.new",
                        AmqpDoor.annotation("x-routing-key"),
                        Mqtt5Door.userProperty("amqp.routing-key"),
                        Mqtt3Door.dropped("header")),
                MappingCase.header(
                        "amqp.group-id",
                        "group 1",
                        AmqpDoor.field((draft, value) -> draft.groupId(value), message -> message.groupId()),
                        Mqtt5Door.userProperty("amqp.group-id"),
                        Mqtt3Door.dropped("header")),
                MappingCase.header(
                        "amqp.app.subject",
                        "of the application",
                        AmqpDoor.property("subject"),
                        Mqtt5Door.userProperty("amqp.app.subject"),
                        Mqtt3Door.dropped("header")));
    }

    static List<MappingCase> mqttFields() {
        return List.of(
                MappingCase.header(
                        "mqtt.qos",
                        "2",
                        AmqpDoor.property("mqtt.qos"),
                        new Carried<>(
                                (draft, value) -> draft.message.setQos(Integer.parseInt(value)),
                                message -> qos(message.message.getQos())),
                        new Carried<>(
                                (draft, value) -> draft.message.setQos(Integer.parseInt(value)),
                                message -> qos(message.message.getQos()))),
                MappingCase.header(
                        "mqtt.retain",
                        "true",
                        AmqpDoor.property("mqtt.retain"),
                        new Carried<>(
                                (draft, value) -> draft.message.setRetained(true),
                                message -> message.message.isRetained() ? "true" : null),
                        new Sent<>((draft, value) -> draft.message.setRetained(true))),
                MappingCase.header(
                        "mqtt.payload-format",
                        "1",
                        AmqpDoor.property("mqtt.payload-format"),
                        new Carried<>(
                                (draft, value) -> draft.properties().setPayloadFormat(true),
                                message -> message.properties().getPayloadFormat() ? "1" : null),
                        Mqtt3Door.dropped("mqtt.payload-format")));
    }

    static List<MappingCase> otherHeader() {
        return List.of(
                MappingCase.header(
                        "colour",
                        "r\u00f6tlich",
                        AmqpDoor.property("colour"),
                        Mqtt5Door.userProperty("colour"),
                        Mqtt3Door.dropped("header")),
                MappingCase.header(
                        "x-colour",
                        "red",
                        AmqpDoor.annotation("x-colour"),
                        Mqtt5Door.userProperty("x-colour"),
                        Mqtt3Door.dropped("header")),
                new MappingCase(
                        "repeated header",
                        Value.of("red|green|red"),
                        Value.none(),
                        KafkaDoor.repeated("colours"),
                        AmqpDoor.list("colours"),
                        Mqtt5Door.repeated("colours"),
                        Mqtt3Door.dropped("header")),
                new MappingCase(
                        "binary header",
                        Value.of("fffe00"),
                        Value.none(),
                        KafkaDoor.binary("bytes"),
                        AmqpDoor.binary("bytes"),
                        Mqtt5Door.base64("bytes"),
                        Mqtt3Door.dropped("header")),
                new MappingCase(
                        "number",
                        Value.of("-7"),
                        Value.none(),
                        KafkaDoor.delivered("number"),
                        AmqpDoor.number("number"),
                        Mqtt5Door.delivered("number"),
                        Mqtt3Door.dropped("header")));
    }

    static List<MappingCase> reservedHeader() {
        return List.of(reserved("polylog-mine"), reserved("CamelFileName"));
    }

    private static MappingCase reserved(String name) {
        return new MappingCase(
                name,
                Value.of("kept"),
                Value.none(),
                KafkaDoor.header(name),
                new Refused<>((draft, value) -> draft.property(name, value), "from=amqp to=log field=reserved-name"),
                new Refused<>(
                        (draft, value) -> draft.user(name, value), "from=mqtt to=log field=reserved-user-property"),
                new Untold<>());
    }

    static List<MappingCase> traceContext() {
        return List.of(
                MappingCase.header(
                        "traceparent",
                        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                        AmqpDoor.property("traceparent"),
                        Mqtt5Door.userProperty("traceparent"),
                        Mqtt3Door.dropped("header")),
                MappingCase.header(
                        "tracestate",
                        "congo=t61rcWkgMzE",
                        AmqpDoor.property("tracestate"),
                        Mqtt5Door.userProperty("tracestate"),
                        Mqtt3Door.dropped("header")));
    }

    static List<MappingCase> cloudEvents() {
        return List.of(
                new MappingCase(
                        "CloudEvents",
                        Value.of("order.placed"),
                        Value.none(),
                        KafkaDoor.cloudEvent("ce_"),
                        AmqpDoor.cloudEvent("cloudEvents_"),
                        Mqtt5Door.cloudEvent(),
                        Mqtt3Door.dropped("header")),
                new MappingCase(
                        "CloudEvents with a colon",
                        Value.of("order.placed"),
                        Value.none(),
                        KafkaDoor.cloudEvent("ce_"),
                        AmqpDoor.cloudEvent("cloudEvents:"),
                        Mqtt5Door.cloudEvent(),
                        Mqtt3Door.dropped("header")));
    }

    private static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, UTF_8);
    }

    /** QoS 1 is what a record has without the header. */
    private static String qos(int qos) {
        return qos == 1 ? null : Integer.toString(qos);
    }
}
