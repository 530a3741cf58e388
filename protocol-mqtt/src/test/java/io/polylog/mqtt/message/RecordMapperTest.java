package io.polylog.mqtt.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.metric.Meters;
import io.polylog.mqtt.codec.PublishProperties;
import io.polylog.mqtt.codec.PublishProperties.UserProperty;
import io.polylog.record.Header;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.StoredRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordMapperTest {

    private static final long NOW = 1_700_000_000_000L;
    private static final Set<String> LOG_TOPICS = Set.of("mqtt", "orders");

    private final List<String> dropped = new ArrayList<>();
    private final RecordMapper mapper = new RecordMapper(new CountingMeters());

    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {
                "orders/eu/42, orders, eu/42, null",
                "orders, orders, null, null",
                "orders/, orders, '', orders/",
                "orders//x, orders, /x, null",
                "devices/17/temp, mqtt, devices/17/temp, null",
                "mqtt, mqtt, mqtt, null",
                "mqtt/orders, mqtt, mqtt/orders, null",
                "/orders, mqtt, /orders, null",
                "$custom/x, mqtt, $custom/x, null",
            })
    void routesTopicsToLogTopicAndKey(String topic, String logTopic, String key, String header) {
        TopicMapping.Route route = TopicMapping.route(topic, LOG_TOPICS::contains);
        Record record = mapper.toRecord(message(topic, PublishProperties.NONE), route, null, NOW);
        assertThat(route.logTopic()).isEqualTo(logTopic);
        assertThat(record.key()).isEqualTo(key == null ? null : key.getBytes(UTF_8));
        assertThat(record.headers().lastText("mqtt.topic")).isEqualTo(Optional.ofNullable(header));
        assertThat(TopicMapping.topicOf(logTopic, record)).isEqualTo(topic);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a+b", "a#", "a\0b", "a\nb", "\u0085"})
    void givesTheLogTopicForKeysThatAreNoSuffix(String key) {
        assertThat(TopicMapping.topicOf("orders", record(key.getBytes(UTF_8), Headers.EMPTY)))
                .isEqualTo("orders");
        assertThat(TopicMapping.topicOf("mqtt", record(key.getBytes(UTF_8), Headers.EMPTY)))
                .isEqualTo("mqtt");
    }

    @Test
    void givesTheLogTopicForKeysThatAreNotText() {
        byte[] key = {(byte) 0xC0, (byte) 0xAF};
        Message message = toMessage("orders", record(key, Headers.EMPTY));
        assertThat(message.topic()).isEqualTo("orders");
        assertThat(message.properties().userProperties())
                .containsExactly(new UserProperty("polylog-key", "base64:wK8="));
        assertThat(TopicMapping.topicOf("orders", record(new byte[65_530], Headers.EMPTY)))
                .isEqualTo("orders");
    }

    @Test
    void honoursTheTopicHeaderInsideItsMountOnly() {
        assertThat(TopicMapping.topicOf("orders", record(bytes("k"), Headers.of(Header.text("mqtt.topic", "orders/")))))
                .isEqualTo("orders/");
        assertThat(TopicMapping.topicOf("orders", record(bytes("k"), Headers.of(Header.text("mqtt.topic", "other/x")))))
                .isEqualTo("orders/k");
        assertThat(TopicMapping.topicOf(
                        "orders", record(bytes("k"), Headers.of(Header.text("mqtt.topic", "orders/#")))))
                .isEqualTo("orders/k");
        assertThat(TopicMapping.topicOf("mqtt", record(bytes("k"), Headers.of(Header.text("mqtt.topic", "other/x")))))
                .isEqualTo("other/x");
    }

    @Test
    void keepsAnotherKeyAndTheTopicBesideIt() {
        Record record = toRecord("orders/eu/42", user("polylog-key", "customer-7"));
        assertThat(record.key()).isEqualTo(bytes("customer-7"));
        assertThat(record.headers().lastText("mqtt.topic")).contains("orders/eu/42");
        Message back = toMessage("orders", record);
        assertThat(back.topic()).isEqualTo("orders/eu/42");
        assertThat(back.properties().userProperties()).containsExactly(new UserProperty("polylog-key", "customer-7"));
    }

    @Test
    void mapsFieldsToHeaders() {
        PublishProperties properties =
                new PublishProperties(1, 60, "text/plain", "answers/7", new byte[] {1, 2}, List.of());
        Record record = toRecord("orders/x", properties);
        assertThat(texts(record))
                .containsExactly(
                        "mqtt.payload-format=1",
                        "expires-at=" + (NOW + 60_000),
                        "content-type=text/plain",
                        "reply-to=answers/7",
                        "correlation-id=\u0001\u0002");
        Message back = toMessage("orders", record);
        assertThat(back.properties().payloadFormat()).isEqualTo(1);
        assertThat(back.properties().contentType()).isEqualTo("text/plain");
        assertThat(back.properties().responseTopic()).isEqualTo("answers/7");
        assertThat(back.properties().correlationData()).containsExactly(1, 2);
        assertThat(back.properties().expirySeconds()).isEqualTo(60);
        assertThat(back.properties().userProperties()).isEmpty();
    }

    @Test
    void mapsQosAndRetain() {
        TopicMapping.Route route = TopicMapping.route("orders/x", LOG_TOPICS::contains);
        Record qos0 =
                mapper.toRecord(new Message("orders/x", 0, true, bytes("v"), PublishProperties.NONE), route, null, NOW);
        assertThat(texts(qos0)).containsExactly("mqtt.qos=0", "mqtt.retain=true");
        Message back = toMessage("orders", qos0);
        assertThat(back.qos()).isZero();
        assertThat(back.retain()).isTrue();
        assertThat(toMessage("orders", record(bytes("k"), Headers.EMPTY)).qos()).isEqualTo(1);
    }

    @Test
    void keepsThePublisherForItselfOnly() {
        TopicMapping.Route route = TopicMapping.route("orders/x", LOG_TOPICS::contains);
        Record record = mapper.toRecord(message("orders/x", PublishProperties.NONE), route, "me", NOW);
        assertThat(texts(record)).containsExactly("mqtt.client-id=me");
        assertThat(toMessage("orders", record).properties().userProperties()).isEmpty();
    }

    @Test
    void countsRemainingLifeDownAndDropsTheExpired() {
        Record record = toRecord("orders/x", new PublishProperties(-1, 10, null, null, null, List.of()));
        assertThat(mapper.toMessage("orders", record, NOW + 3_500)
                        .orElseThrow()
                        .properties()
                        .expirySeconds())
                .isEqualTo(7);
        assertThat(mapper.toMessage("orders", record, NOW + 9_999)
                        .orElseThrow()
                        .properties()
                        .expirySeconds())
                .isEqualTo(1);
        assertThat(mapper.toMessage("orders", record, NOW + 10_000)).isEmpty();
    }

    @Test
    void takesTheLargestExpiryInterval() {
        Record record = toRecord("orders/x", new PublishProperties(-1, 0xFFFF_FFFFL, null, null, null, List.of()));
        assertThat(toMessage("orders", record).properties().expirySeconds()).isEqualTo(0xFFFF_FFFFL);
    }

    @Test
    void saysTombstonesInWords() {
        Message message = toMessage("orders", new Record(bytes("k"), null, NOW, Headers.EMPTY));
        assertThat(message.payload()).isEmpty();
        assertThat(message.properties().userProperties()).containsExactly(new UserProperty("polylog-null", "true"));

        TopicMapping.Route route = TopicMapping.route("orders/k", LOG_TOPICS::contains);
        Record back =
                mapper.toRecord(new Message("orders/k", 1, false, new byte[0], message.properties()), route, null, NOW);
        assertThat(back.value()).isNull();
        assertThat(mapper.toRecord(message("orders/k", user("polylog-null", "true")), route, null, NOW)
                        .value())
                .as("a payload is not thrown away")
                .isNotNull();
        assertThat(mapper.toRecord(
                                new Message("orders/k", 1, false, new byte[0], PublishProperties.NONE),
                                route,
                                null,
                                NOW)
                        .value())
                .as("empty is not null")
                .isEmpty();
    }

    @Test
    void keepsUserPropertiesWithOrderAndRepeats() {
        List<UserProperty> sent = List.of(
                new UserProperty("b", "1"),
                new UserProperty("a", "2"),
                new UserProperty("b", "3"),
                new UserProperty("", ""),
                new UserProperty("traceparent", "00-x"),
                new UserProperty("subject", "s"));
        Record record = toRecord("orders/x", new PublishProperties(-1, -1, null, null, null, sent));
        assertThat(texts(record)).containsExactly("b=1", "a=2", "b=3", "=", "traceparent=00-x", "subject=s");
        assertThat(toMessage("orders", record).properties().userProperties()).isEqualTo(sent);
    }

    @Test
    void movesUserPropertiesOutOfTheWayOfFields() {
        List<UserProperty> sent = List.of(
                new UserProperty("content-type", "mine"), new UserProperty("mqtt.qos", "9"),
                new UserProperty("mqtt.topic", "evil"), new UserProperty("expires-at", "0"));
        Record record = toRecord("orders/x", new PublishProperties(-1, -1, "real", null, null, sent));
        assertThat(record.headers().lastText("content-type")).contains("real");
        Message back = toMessage("orders", record);
        assertThat(back.topic()).isEqualTo("orders/x");
        assertThat(back.properties().contentType()).isEqualTo("real");
        assertThat(back.properties().userProperties()).isEqualTo(sent);
    }

    @Test
    void hidesReservedHeadersInBothDirections() {
        Record in = toRecord(
                "orders/x",
                new PublishProperties(
                        -1,
                        -1,
                        null,
                        null,
                        null,
                        List.of(new UserProperty("polylog-types", "x"), new UserProperty("CamelFileName", "/etc"))));
        assertThat(in.headers().isEmpty()).isTrue();
        assertThat(dropped).containsExactly("reserved-user-property", "reserved-user-property");

        Headers stored = Headers.builder()
                .text("polylog-types", "x")
                .text("CamelX", "y")
                .text("polylog-schedule-id", "s1")
                .text("polylog-scheduled-at", "5")
                .build();
        assertThat(toMessage("orders", record(bytes("k"), stored)).properties().userProperties())
                .containsExactly(
                        new UserProperty("polylog-schedule-id", "s1"), new UserProperty("polylog-scheduled-at", "5"));
    }

    @Test
    void speaksCloudEventsAsItsBindingDoes() {
        List<UserProperty> sent = List.of(
                new UserProperty("specversion", "1.0"), new UserProperty("type", "t"), new UserProperty("Custom", "c"));
        Record record = toRecord("orders/x", new PublishProperties(-1, -1, null, null, null, sent));
        assertThat(texts(record)).containsExactly("ce_specversion=1.0", "ce_type=t", "Custom=c");
        assertThat(toMessage("orders", record).properties().userProperties()).isEqualTo(sent);
    }

    @Test
    void writesBytesThatAreNotTextInBase64() {
        Headers headers = Headers.of(
                new Header("h", new byte[] {(byte) 0xFF}), new Header("n", null), new Header("z", new byte[] {0}));
        assertThat(toMessage("orders", record(bytes("k"), headers)).properties().userProperties())
                .containsExactly(
                        new UserProperty("h", "base64:/w=="),
                        new UserProperty("n", ""),
                        new UserProperty("z", "base64:AA=="));
    }

    @Test
    void countsWhatMqttCannotExpress() {
        Headers headers = Headers.of(
                Header.text("reply-to", "a/#"),
                new Header("correlation-id", new byte[70_000]),
                new Header("content-type", new byte[] {(byte) 0xFF}),
                new Header("big", new byte[70_000]),
                Header.text("a\0b", "x"));
        PublishProperties properties =
                toMessage("orders", record(bytes("k"), headers)).properties();
        assertThat(properties.responseTopic()).isNull();
        assertThat(properties.correlationData()).isNull();
        assertThat(properties.contentType()).isNull();
        assertThat(properties.userProperties()).isEmpty();
        assertThat(dropped).containsExactlyInAnyOrder("reply-to", "header", "header", "header", "header");
    }

    @Test
    void addsThePositionOnlyWhenAsked() {
        Record record = record(bytes("k"), Headers.EMPTY);
        Message plain = toMessage("orders", record);
        assertThat(plain.properties().userProperties()).isEmpty();
        assertThat(plain.withPosition(3, new StoredRecord(17, record))
                        .properties()
                        .userProperties())
                .containsExactly(
                        new UserProperty("timestamp", Long.toString(NOW)),
                        new UserProperty("polylog-partition", "3"),
                        new UserProperty("polylog-offset", "17"));
    }

    @Test
    void survivesTheWayThroughTheLogWhateverItIs() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        String[] names = {"a", "content-type", "mqtt.qos", "ce_type", "x-y", "polylog", "mqtt.user.q", "ü"};
        String[] topics = {"orders", "orders/", "orders/a/b", "x", "mqtt", "mqtt/x", "/", "$a/b", "orders//"};
        for (int round = 0; round < 2000; round++) {
            List<UserProperty> user = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                user.add(new UserProperty(names[random.nextInt(names.length)], "v" + random.nextInt()));
            }
            PublishProperties properties = new PublishProperties(
                    random.nextInt(3) - 1,
                    random.nextBoolean() ? -1 : 1 + random.nextInt(1000),
                    random.nextBoolean() ? null : "c" + random.nextInt(),
                    random.nextBoolean() ? null : "r/" + random.nextInt(),
                    random.nextBoolean() ? null : bytes("" + random.nextInt()),
                    user);
            Message sent = new Message(
                    topics[random.nextInt(topics.length)],
                    random.nextInt(2),
                    random.nextBoolean(),
                    bytes("p"),
                    properties);
            TopicMapping.Route route = TopicMapping.route(sent.topic(), LOG_TOPICS::contains);
            Message got = toMessage(route.logTopic(), mapper.toRecord(sent, route, null, NOW));
            assertThat(got)
                    .usingRecursiveComparison()
                    .as("seed %s round %s", seed, round)
                    .isEqualTo(sent);
        }
    }

    private static PublishProperties user(String name, String value) {
        return new PublishProperties(-1, -1, null, null, null, List.of(new UserProperty(name, value)));
    }

    private static Message message(String topic, PublishProperties properties) {
        return new Message(topic, 1, false, bytes("payload"), properties);
    }

    private Record toRecord(String topic, PublishProperties properties) {
        TopicMapping.Route route = TopicMapping.route(topic, LOG_TOPICS::contains);
        return mapper.toRecord(message(topic, properties), route, null, NOW);
    }

    private Message toMessage(String logTopic, Record record) {
        return mapper.toMessage(logTopic, record, NOW).orElseThrow();
    }

    private static Record record(byte[] key, Headers headers) {
        return new Record(key, bytes("payload"), NOW, headers);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static List<String> texts(Record record) {
        return record.headers().asList().stream()
                .map(h -> h.key() + "=" + h.text())
                .toList();
    }

    private final class CountingMeters implements Meters {
        @Override
        public Counter counter(String name, String... tags) {
            String field = tags[Arrays.asList(tags).indexOf("field") + 1];
            return amount -> dropped.add(field);
        }

        @Override
        public Timer timer(String name, String... tags) {
            return nanos -> {};
        }

        @Override
        public void gauge(String name, java.util.function.DoubleSupplier value, String... tags) {}
    }
}
