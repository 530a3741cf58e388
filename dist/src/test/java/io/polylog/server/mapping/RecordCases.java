package io.polylog.server.mapping;

import static io.polylog.server.mapping.MappingCase.HOUR_MS;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.server.mapping.Lens.Carried;
import io.polylog.server.mapping.Lens.Delivered;
import io.polylog.server.mapping.Lens.DeliveredInPart;
import io.polylog.server.mapping.Lens.Untold;
import io.polylog.server.mapping.MappingCase.Value;
import java.util.List;

/** What a record has beside its headers, and when it ends. */
final class RecordCases {

    private RecordCases() {}

    static List<MappingCase> value() {
        return List.of(
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
                                message -> new String(message.message.getPayload(), UTF_8))),
                new MappingCase(
                        "value that is an AMQP string",
                        Value.of("text"),
                        Value.none(),
                        new Carried<>(
                                (draft, value) -> {
                                    draft.value = value.getBytes(UTF_8);
                                    draft.headers.add("amqp.body", "str".getBytes(UTF_8));
                                },
                                message -> message.headers().lastHeader("amqp.body") == null
                                        ? null
                                        : new String(message.value(), UTF_8)),
                        AmqpDoor.stringValue(),
                        new Carried<>(
                                (draft, value) -> {
                                    draft.message.setPayload(value.getBytes(UTF_8));
                                    draft.user("amqp.body", "str");
                                },
                                message -> message.user("amqp.body") == null
                                        ? null
                                        : new String(message.message.getPayload(), UTF_8)),
                        Mqtt3Door.dropped("header")));
    }

    static List<MappingCase> nullValue() {
        return List.of(new MappingCase(
                "null value",
                Value.of("null"),
                Value.none(),
                new Carried<>((draft, value) -> draft.value = null, message -> message.value() == null ? "null" : null),
                AmqpDoor.nullValue(),
                new Carried<>(
                        (draft, value) -> {
                            draft.message.setPayload(new byte[0]);
                            draft.user("polylog-null", "true");
                        },
                        message ->
                                message.message.getPayload().length == 0 && "true".equals(message.user("polylog-null"))
                                        ? "null"
                                        : null),
                Mqtt3Door.dropped("null-value")));
    }

    static List<MappingCase> key() {
        return List.of(
                new MappingCase(
                        "key",
                        Value.of("eu/42"),
                        Value.none(),
                        KafkaDoor.key(),
                        AmqpDoor.annotation("x-opt-partition-key"),
                        new Carried<>(
                                (draft, value) -> draft.suffix = "/" + value, message -> keyOfSuffix(message.suffix)),
                        new Carried<>(
                                (draft, value) -> draft.suffix = "/" + value, message -> keyOfSuffix(message.suffix))),
                new MappingCase(
                        "key that is no topic",
                        Value.of("eu/+"),
                        Value.none(),
                        KafkaDoor.key(),
                        AmqpDoor.annotation("x-opt-partition-key"),
                        Mqtt5Door.userProperty("polylog-key"),
                        Mqtt3Door.dropped("key")),
                new MappingCase(
                        "key by AMQP's group-id",
                        Value.of("group-7"),
                        Value.none(),
                        new Delivered<>(message -> message.key() == null ? null : new String(message.key(), UTF_8)),
                        new Carried<>(
                                (draft, value) -> draft.groupId(value),
                                message -> AmqpDoor.text(message.annotation("x-opt-partition-key"))),
                        new Delivered<>(message -> keyOfSuffix(message.suffix)),
                        new DeliveredInPart<>(message -> keyOfSuffix(message.suffix), "header")));
    }

    /** A publisher that gives its message another key than its topic has. */
    static List<MappingCase> mqttTopic() {
        String topic = MappingContractTest.TOPIC;
        return List.of(new MappingCase(
                "mqtt.topic",
                Value.of(topic + "/elsewhere"),
                Value.none(),
                new Carried<>(
                        (draft, value) -> {
                            draft.key = "k".getBytes(UTF_8);
                            draft.headers.add("mqtt.topic", value.getBytes(UTF_8));
                        },
                        KafkaDoor.header("mqtt.topic")::read),
                new Carried<>(
                        (draft, value) ->
                                draft.annotation("x-opt-partition-key", "k").property("mqtt.topic", value),
                        message -> "k".equals(message.annotation("x-opt-partition-key"))
                                ? AmqpDoor.text(message.property("mqtt.topic"))
                                : null),
                new Carried<>(
                        (draft, value) -> {
                            draft.suffix = value.substring(topic.length());
                            draft.user("polylog-key", "k");
                        },
                        message -> "k".equals(message.user("polylog-key")) ? topic + message.suffix : null),
                new DeliveredInPart<>(message -> message.suffix.isEmpty() ? null : topic + message.suffix, "key")));
    }

    static List<MappingCase> timestamp() {
        return List.of(new MappingCase(
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
                new Untold<>()));
    }

    static List<MappingCase> position() {
        return List.of(
                new MappingCase(
                        "partition",
                        Value.none(),
                        Value.of("0"),
                        new Delivered<>(message -> Integer.toString(message.partition())),
                        AmqpDoor.delivered("x-opt-partition"),
                        Mqtt5Door.delivered("polylog-partition"),
                        new Untold<>()),
                new MappingCase(
                        "offset",
                        Value.none(),
                        append -> Long.toString(append.offset()),
                        new Delivered<>(message -> Long.toString(message.offset())),
                        AmqpDoor.delivered("x-opt-offset"),
                        Mqtt5Door.delivered("polylog-offset"),
                        new Untold<>()),
                new MappingCase(
                        "sequence number",
                        Value.none(),
                        append -> Long.toString(append.offset()),
                        new Delivered<>(message -> Long.toString(message.offset())),
                        AmqpDoor.delivered("x-opt-sequence-number"),
                        Mqtt5Door.delivered("polylog-offset"),
                        new Untold<>()));
    }

    static List<MappingCase> expiresAt() {
        return List.of(
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
                                (draft, value) ->
                                        draft.timeToLive(HOUR_MS).absoluteExpiryTime(Long.parseLong(value) + 1),
                                message -> message.timeToLive() == HOUR_MS
                                        ? Long.toString(message.absoluteExpiryTime())
                                        : null),
                        Mqtt5Door.hourToLive(),
                        Mqtt3Door.dropped("expires-at")));
    }

    private static String keyOfSuffix(String suffix) {
        return suffix.isEmpty() ? null : suffix.substring(1);
    }
}
