package io.polylog.server.mapping;

import static io.polylog.server.mapping.MappingCase.HOUR_MS;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.server.mapping.Lens.Carried;
import io.polylog.server.mapping.Lens.Delivered;
import io.polylog.server.mapping.Lens.Sent;
import io.polylog.server.mapping.Lens.Unasked;
import io.polylog.server.mapping.MappingCase.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The rows of the table of fields in {@code docs/mapping.md}, each with the cases that prove it. */
enum MappingRow {
    VALUE(
            "value",
            "one `data` section; other bodies see below",
            "payload",
            "payload",
            new MappingCase(
                    "value",
                    Value.of("another value: \u00e4\u20ac\ud83d\ude00"),
                    Value.none(),
                    new Carried<>(
                            (draft, value) -> draft.value = value.getBytes(UTF_8),
                            message -> new String(message.value(), UTF_8)),
                    AmqpDoor.field((draft, value) -> draft.body(value.getBytes(UTF_8)), AmqpDoor::data),
                    new Carried<>(
                            (draft, value) -> draft.message.setPayload(value.getBytes(UTF_8)),
                            message -> new String(message.message.getPayload(), UTF_8)),
                    new Carried<>(
                            (draft, value) -> draft.message.setPayload(value.getBytes(UTF_8)),
                            message -> new String(message.message.getPayload(), UTF_8)))),
    NULL_VALUE(
            "null value (tombstone)",
            "`amqp-value(null)`",
            "empty payload + user property `polylog-null: true`",
            "empty payload; that it is null is counted",
            new MappingCase(
                    "null value",
                    Value.of("null"),
                    Value.none(),
                    new Carried<>(
                            (draft, value) -> draft.value = null, message -> message.value() == null ? "null" : null),
                    AmqpDoor.nullValue(),
                    new Carried<>(
                            (draft, value) -> {
                                draft.message.setPayload(new byte[0]);
                                draft.user("polylog-null", "true");
                            },
                            message -> message.message.getPayload().length == 0
                                            && "true".equals(message.user("polylog-null"))
                                    ? "null"
                                    : null),
                    Mqtt3Door.dropped("null-value"))),
    KEY(
            "key",
            "annotation `x-opt-partition-key` (in: also `group-id`)",
            "topic suffix, or user property `polylog-key`",
            "topic suffix; another key is counted",
            new MappingCase(
                    "key",
                    Value.of("eu/42"),
                    Value.none(),
                    KafkaDoor.key(),
                    AmqpDoor.annotation("x-opt-partition-key"),
                    new Carried<>((draft, value) -> draft.suffix = "/" + value, message -> keyOfSuffix(message.suffix)),
                    new Carried<>(
                            (draft, value) -> draft.suffix = "/" + value, message -> keyOfSuffix(message.suffix))),
            new MappingCase(
                    "key that is no topic",
                    Value.of("eu/+"),
                    Value.none(),
                    KafkaDoor.key(),
                    AmqpDoor.annotation("x-opt-partition-key"),
                    Mqtt5Door.userProperty("polylog-key"),
                    Mqtt3Door.dropped("key"))),
    TIMESTAMP(
            "timestamp (ms)",
            "`creation-time`",
            "user property `timestamp`, for subscribers that ask (`polylog-position: true`)",
            "none",
            new MappingCase(
                    "timestamp",
                    Value.of("1700000000000"),
                    append -> Long.toString(append.nowMs()),
                    new Carried<>(
                            (draft, value) -> draft.timestampMs = Long.parseLong(value),
                            message -> Long.toString(message.timestamp())),
                    AmqpDoor.field(
                            (draft, value) -> draft.creationTime(Long.parseLong(value)),
                            message -> Long.toString(message.creationTime())),
                    Mqtt5Door.delivered("timestamp"),
                    new Unasked<>())),
    POSITION(
            "partition, offset",
            "`x-opt-partition`, `x-opt-offset`, `x-opt-sequence-number` on delivery",
            "user properties `polylog-partition`, `polylog-offset`, for subscribers that ask",
            "none",
            new MappingCase(
                    "partition",
                    Value.none(),
                    Value.of("0"),
                    new Delivered<>(message -> Integer.toString(message.partition())),
                    AmqpDoor.delivered("x-opt-partition"),
                    Mqtt5Door.delivered("polylog-partition"),
                    new Unasked<>()),
            new MappingCase(
                    "offset",
                    Value.none(),
                    append -> Long.toString(append.offset()),
                    new Delivered<>(message -> Long.toString(message.offset())),
                    AmqpDoor.delivered("x-opt-offset"),
                    Mqtt5Door.delivered("polylog-offset"),
                    new Unasked<>()),
            new MappingCase(
                    "sequence number",
                    Value.none(),
                    append -> Long.toString(append.offset()),
                    new Delivered<>(message -> Long.toString(message.offset())),
                    AmqpDoor.delivered("x-opt-sequence-number"),
                    Mqtt5Door.delivered("polylog-offset"),
                    new Unasked<>())),
    CONTENT_TYPE(
            "header `content-type`",
            "content-type",
            "content type",
            "counted",
            MappingCase.header(
                    "content-type",
                    "text/plain",
                    AmqpDoor.field((draft, value) -> draft.contentType(value), message -> message.contentType()),
                    Mqtt5Door.field(
                            (draft, value) -> draft.properties().setContentType(value),
                            message -> message.properties().getContentType()),
                    Mqtt3Door.dropped("content-type"))),
    CONTENT_ENCODING(
            "header `content-encoding`",
            "content-encoding",
            "user property",
            "counted",
            MappingCase.header(
                    "content-encoding",
                    "gzip",
                    AmqpDoor.field(
                            (draft, value) -> draft.contentEncoding(value), message -> message.contentEncoding()),
                    Mqtt5Door.userProperty("content-encoding"),
                    Mqtt3Door.dropped("header"))),
    CORRELATION_ID(
            "header `correlation-id`",
            "correlation-id",
            "correlation data",
            "counted",
            MappingCase.header(
                    "correlation-id",
                    "request 7",
                    AmqpDoor.field(
                            (draft, value) -> draft.correlationId(value),
                            message -> AmqpDoor.text(message.correlationId())),
                    Mqtt5Door.field(
                            (draft, value) -> draft.properties().setCorrelationData(value.getBytes(UTF_8)),
                            message -> text(message.properties().getCorrelationData())),
                    Mqtt3Door.dropped("correlation-id"))),
    REPLY_TO(
            "header `reply-to`",
            "reply-to",
            "response topic",
            "counted",
            MappingCase.header(
                    "reply-to",
                    "replies",
                    AmqpDoor.field((draft, value) -> draft.replyTo(value), message -> message.replyTo()),
                    Mqtt5Door.field(
                            (draft, value) -> draft.properties().setResponseTopic(value),
                            message -> message.properties().getResponseTopic()),
                    Mqtt3Door.dropped("reply-to"))),
    MESSAGE_ID(
            "header `message-id`",
            "message-id",
            "user property",
            "counted",
            MappingCase.header(
                    "message-id",
                    "id-1",
                    AmqpDoor.field(
                            (draft, value) -> draft.messageId(value), message -> AmqpDoor.text(message.messageId())),
                    Mqtt5Door.userProperty("message-id"),
                    Mqtt3Door.dropped("header"))),
    SUBJECT(
            "header `subject`",
            "subject",
            "user property",
            "counted",
            MappingCase.header(
                    "subject",
                    "order placed",
                    AmqpDoor.field((draft, value) -> draft.subject(value), message -> message.subject()),
                    Mqtt5Door.userProperty("subject"),
                    Mqtt3Door.dropped("header"))),
    EXPIRES_AT(
            "header `expires-at` (epoch ms)",
            "ttl, absolute-expiry-time (earliest wins)",
            "message expiry interval (remaining s)",
            "expires in time; when is counted",
            new MappingCase(
                    "expires-at",
                    append -> Long.toString(append.nowMs() + HOUR_MS),
                    Value.none(),
                    KafkaDoor.header("expires-at"),
                    AmqpDoor.field(
                            (draft, value) -> draft.absoluteExpiryTime(Long.parseLong(value))
                                    .timeToLive(2 * HOUR_MS),
                            message -> message.timeToLive() == HOUR_MS
                                    ? Long.toString(message.absoluteExpiryTime())
                                    : null),
                    Mqtt5Door.hourToLive(),
                    Mqtt3Door.dropped("expires-at")),
            new MappingCase(
                    "time to live",
                    append -> Long.toString(append.nowMs() + HOUR_MS),
                    Value.none(),
                    KafkaDoor.header("expires-at"),
                    AmqpDoor.field(
                            (draft, value) -> draft.timeToLive(HOUR_MS).absoluteExpiryTime(Long.parseLong(value) + 1),
                            message -> message.timeToLive() == HOUR_MS
                                    ? Long.toString(message.absoluteExpiryTime())
                                    : null),
                    Mqtt5Door.hourToLive(),
                    Mqtt3Door.dropped("expires-at"))),
    PRIORITY(
            "header `priority`",
            "priority",
            "user property",
            "counted",
            MappingCase.header(
                    "priority",
                    "7",
                    AmqpDoor.field(
                            (draft, value) -> draft.priority(Byte.parseByte(value)),
                            message -> message.header().hasPriority() ? Byte.toString(message.priority()) : null),
                    Mqtt5Door.userProperty("priority"),
                    Mqtt3Door.dropped("header"))),
    AMQP_FIELDS(
            "headers `amqp.*`",
            "their fields",
            "user properties",
            "counted",
            MappingCase.header(
                    "amqp.durable",
                    "true",
                    AmqpDoor.field((draft, value) -> draft.durable(true), message -> message.durable() ? "true" : null),
                    Mqtt5Door.userProperty("amqp.durable"),
                    Mqtt3Door.dropped("header")),
            MappingCase.header(
                    "amqp.user-id",
                    "guest",
                    AmqpDoor.field(
                            (draft, value) -> draft.userId(value.getBytes(UTF_8)), message -> text(message.userId())),
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
                    AmqpDoor.field((draft, value) -> draft.replyToGroupId(value), message -> message.replyToGroupId()),
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
                    Mqtt3Door.dropped("header"))),
    MQTT_FIELDS(
            "headers `mqtt.*`",
            "application properties",
            "their fields",
            "QoS, retain; the payload format is counted",
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
                    Mqtt3Door.dropped("mqtt.payload-format"))),
    OTHER_HEADER(
            "any other header",
            "application property; `x-*` message annotation",
            "user property (repeats allowed)",
            "counted",
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
                    Mqtt3Door.dropped("header"))),
    TRACE_CONTEXT(
            "`traceparent`, `tracestate`",
            "application properties of that name",
            "user properties",
            "counted",
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
                    Mqtt3Door.dropped("header"))),
    CLOUD_EVENTS(
            "CloudEvents `ce_*`",
            "`cloudEvents_*` (in: also `cloudEvents:*`)",
            "user properties of the plain names",
            "counted",
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

    /** The first line of the table. */
    static final String HEADING = "| Record | AMQP 1.0 | MQTT 5 | MQTT 3.1.1 |";

    private final String record;
    private final String amqp;
    private final String mqtt5;
    private final String mqtt3;
    private final List<MappingCase> cases;

    MappingRow(String record, String amqp, String mqtt5, String mqtt3, MappingCase... cases) {
        this.record = Objects.requireNonNull(record);
        this.amqp = amqp;
        this.mqtt5 = mqtt5;
        this.mqtt3 = mqtt3;
        this.cases = List.of(cases);
    }

    List<MappingCase> cases() {
        return cases;
    }

    /** The table as it stands in the documentation, line by line. */
    static List<String> markdownTable() {
        return Stream.concat(
                        Stream.of(HEADING, "|---|---|---|---|"),
                        Arrays.stream(values()).map(MappingRow::markdown))
                .toList();
    }

    /** The row as it stands in the documentation. */
    String markdown() {
        return "| " + String.join(" | ", record, amqp, mqtt5, mqtt3) + " |";
    }

    private static String keyOfSuffix(String suffix) {
        return suffix.isEmpty() ? null : suffix.substring(1);
    }

    private static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, UTF_8);
    }

    /** QoS 1 is what a record has without the header. */
    private static String qos(int qos) {
        return qos == 1 ? null : Integer.toString(qos);
    }
}
