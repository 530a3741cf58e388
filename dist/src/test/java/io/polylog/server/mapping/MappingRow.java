package io.polylog.server.mapping;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The rows of the table of fields in {@code docs/mapping.md}, each with the cases that prove it. */
enum MappingRow {
    VALUE("value", "one `data` section; other bodies see below", "payload", "payload", RecordCases.value()),
    NULL_VALUE(
            "null value (tombstone)",
            "`amqp-value(null)`",
            "empty payload + user property `polylog-null: true`",
            "empty payload; that it is null is counted",
            RecordCases.nullValue()),
    KEY(
            "key",
            "annotation `x-opt-partition-key` (in: also `group-id`)",
            "topic suffix, or user property `polylog-key`",
            "topic suffix; another key is counted",
            RecordCases.key()),
    TIMESTAMP(
            "timestamp (ms)",
            "`creation-time`",
            "user property `timestamp`, for subscribers that ask (`polylog-position: true`)",
            "none",
            RecordCases.timestamp()),
    POSITION(
            "partition, offset",
            "`x-opt-partition`, `x-opt-offset`, `x-opt-sequence-number` on delivery",
            "user properties `polylog-partition`, `polylog-offset`, for subscribers that ask",
            "none",
            RecordCases.position()),
    CONTENT_TYPE("header `content-type`", "content-type", "content type", "counted", HeaderCases.contentType()),
    CONTENT_ENCODING(
            "header `content-encoding`", "content-encoding", "user property", "counted", HeaderCases.contentEncoding()),
    CORRELATION_ID(
            "header `correlation-id`", "correlation-id", "correlation data", "counted", HeaderCases.correlationId()),
    REPLY_TO("header `reply-to`", "reply-to", "response topic", "counted", HeaderCases.replyTo()),
    MESSAGE_ID("header `message-id`", "message-id", "user property", "counted", HeaderCases.messageId()),
    SUBJECT("header `subject`", "subject", "user property", "counted", HeaderCases.subject()),
    EXPIRES_AT(
            "header `expires-at` (epoch ms)",
            "ttl, absolute-expiry-time (earliest wins)",
            "message expiry interval (remaining s)",
            "expires in time; when is counted",
            RecordCases.expiresAt()),
    PRIORITY("header `priority`", "priority", "user property", "counted", HeaderCases.priority()),
    AMQP_FIELDS("headers `amqp.*`", "their fields", "user properties", "counted", HeaderCases.amqpFields()),
    MQTT_FIELDS(
            "headers `mqtt.*`",
            "application properties",
            "their fields",
            "QoS, retain; the payload format is counted",
            HeaderCases.mqttFields()),
    MQTT_TOPIC(
            "header `mqtt.topic`, where the topic is not that of the key",
            "application property",
            "topic; the key is the user property `polylog-key`",
            "topic; the key is counted",
            RecordCases.mqttTopic()),
    NESTED(
            "header of JSON text, exact in `amqp.raw`",
            "application property that is a map or a list",
            "user property of JSON text",
            "counted",
            BodyCases.nested()),
    BODY(
            "encoded sections, with the header `amqp.body`",
            "`amqp-value`, `amqp-sequence`, several `data` sections",
            "payload as it is; user property `amqp.body`",
            "payload as it is; what it is is counted",
            BodyCases.bodies()),
    OTHER_HEADER(
            "any other header",
            "application property; `x-*` message annotation",
            "user property (repeats allowed)",
            "counted",
            HeaderCases.otherHeader()),
    RESERVED_HEADER(
            "headers `polylog-*`, `Camel*` from Kafka",
            "hidden; refused from clients and counted",
            "hidden; refused from clients and counted",
            "hidden",
            HeaderCases.reservedHeader()),
    TRACE_CONTEXT(
            "`traceparent`, `tracestate`",
            "application properties of that name",
            "user properties",
            "counted",
            HeaderCases.traceContext()),
    CLOUD_EVENTS(
            "CloudEvents `ce_*`",
            "`cloudEvents_*` (in: also `cloudEvents:*`)",
            "user properties of the plain names",
            "counted",
            HeaderCases.cloudEvents());

    /** The first line of the table. */
    static final String HEADING = "| Record | AMQP 1.0 | MQTT 5 | MQTT 3.1.1 |";

    private final String record;
    private final String amqp;
    private final String mqtt5;
    private final String mqtt3;
    private final List<MappingCase> cases;

    MappingRow(String record, String amqp, String mqtt5, String mqtt3, List<MappingCase> cases) {
        this.record = Objects.requireNonNull(record);
        this.amqp = amqp;
        this.mqtt5 = mqtt5;
        this.mqtt3 = mqtt3;
        this.cases = cases;
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
}
