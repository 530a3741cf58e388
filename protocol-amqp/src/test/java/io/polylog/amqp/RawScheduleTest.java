package io.polylog.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.polylog.record.Record;
import io.polylog.schedule.Pending;
import io.polylog.testkit.LogContents;
import io.polylog.testkit.TestGateway;
import io.polylog.time.EpochClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.message.Message;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What peers of every kind say about later times, frame by frame: right and wrong. */
@SuppressWarnings("JavaUtilDate") // what Proton-J takes for timestamps
class RawScheduleTest {
    private static final String DELAY = "x-opt-delivery-delay";
    private static final String TIME = "x-opt-delivery-time";
    private static final String ENQUEUE_TIME = "x-opt-scheduled-enqueue-time";
    private static final long IN_2100_MS = 4_102_444_800_000L;

    @TempDir
    Path directory;

    private TestGateway gateway;
    private RawClient client;
    private int deliveries;

    @BeforeEach
    void start() throws Exception {
        // No time within a hundred years is too far.
        gateway = TestGateway.start(directory, Map.of("schedule-max-delay-days", "36500"), new AmqpAdapterFactory());
        client = RawClient.connect(gateway.port("amqp"));
        client.open();
        client.begin();
        client.attachSender("orders");
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        gateway.close();
        assertThat(gateway.failure()).isNull();
    }

    private static Message message(Map<String, ?> annotations, Map<String, ?> properties) {
        Message message = Proton.message();
        MessageAnnotations section = new MessageAnnotations(new HashMap<>());
        annotations.forEach((name, value) -> section.getValue().put(Symbol.valueOf(name), value));
        message.setMessageAnnotations(section);
        message.setApplicationProperties(new ApplicationProperties(new HashMap<>(properties)));
        message.setBody(new Data(new Binary("v".getBytes(UTF_8))));
        return message;
    }

    private DeliveryState send(Message message) throws IOException {
        byte[] buffer = new byte[4096];
        int length = message.encode(buffer, 0, buffer.length);
        Transfer transfer = new Transfer();
        transfer.setHandle(UnsignedInteger.ZERO);
        transfer.setDeliveryId(UnsignedInteger.valueOf(deliveries));
        transfer.setDeliveryTag(new Binary(new byte[] {(byte) deliveries}));
        deliveries++;
        client.send(0, transfer, Arrays.copyOf(buffer, length));
        return client.read(Disposition.class).getState();
    }

    private List<Pending> pending() throws Exception {
        return gateway.context()
                .schedules()
                .list(gateway.context().topics().find("orders").orElseThrow(), Optional.empty(), 100)
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    static Stream<Arguments> times() {
        return Stream.of(TIME, ENQUEUE_TIME)
                .flatMap(name -> Stream.of(
                                IN_2100_MS,
                                UnsignedLong.valueOf(IN_2100_MS),
                                new Date(IN_2100_MS),
                                Long.toString(IN_2100_MS),
                                "2100-01-01T00:00:00Z")
                        .map(value -> arguments(name, value)));
    }

    @ParameterizedTest
    @MethodSource("times")
    void timeOfEveryTypeIsTaken(String annotation, Object value) throws Exception {
        assertThat(send(message(Map.of(annotation, value), Map.of()))).isInstanceOf(Accepted.class);
        assertThat(pending())
                .singleElement()
                .satisfies(one -> assertThat(one.dueMs()).isEqualTo(IN_2100_MS));
    }

    static Stream<Object> delays() {
        return Stream.of(
                (byte) 100,
                (short) 300,
                3_600_000,
                3_600_000L,
                UnsignedInteger.valueOf(4_000_000_000L),
                UnsignedLong.valueOf(3_600_000),
                "3600000",
                "1h");
    }

    @ParameterizedTest
    @MethodSource("delays")
    void delayOfEveryTypeIsTakenAndNothingComesEarly(Object value) throws Exception {
        long beforeMs = EpochClock.system().timeMs();
        assertThat(send(message(Map.of(DELAY, value), Map.of()))).isInstanceOf(Accepted.class);
        long afterMs = EpochClock.system().timeMs();
        long delayMs = value.equals("1h") ? 3_600_000 : Long.parseLong(value.toString());
        long dueMs;
        if (delayMs > 60_000) {
            dueMs = pending().get(0).dueMs();
        } else {
            Awaitility.await()
                    .atMost(30, TimeUnit.SECONDS)
                    .until(() -> LogContents.of(gateway.context(), "orders").size() == 1);
            assertThat(EpochClock.system().timeMs()).isGreaterThanOrEqualTo(beforeMs + delayMs);
            dueMs = LogContents.of(gateway.context(), "orders").get(0).timestampMs();
        }
        assertThat(dueMs).isBetween(beforeMs + delayMs, afterMs + delayMs);
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                arguments(DELAY, -1, "-1"),
                arguments(DELAY, Long.MIN_VALUE, "negative"),
                arguments(DELAY, 1.5, "double"),
                arguments(DELAY, true, "bool"),
                arguments(DELAY, new Date(5), "timestamp"),
                arguments(DELAY, List.of(1), "no simple value"),
                arguments(DELAY, "soon", "soon"),
                arguments(DELAY, "-5", "-5"),
                arguments(DELAY, "", "polylog-delay"),
                arguments(DELAY, Long.MAX_VALUE, "too far"),
                arguments(DELAY, 40_000L * 86_400_000, "40000 days"),
                arguments(TIME, -1L, "-1"),
                arguments(TIME, new Date(-1), "-1"),
                arguments(TIME, new Binary(new byte[] {1}), "binary"),
                arguments(TIME, Symbol.valueOf("now"), "symbol"),
                arguments(TIME, Map.of("a", 1), "no simple value"),
                arguments(TIME, "tomorrow", "tomorrow"),
                arguments(TIME, UnsignedLong.valueOf(-1L), "too far"),
                arguments(ENQUEUE_TIME, new Date(Long.MAX_VALUE), "too far"),
                arguments(ENQUEUE_TIME, 1.0f, "float"));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void whatCannotBeIsRejectedAndTheLinkGoesOn(String annotation, Object value, String said) throws Exception {
        assertRejected(send(message(Map.of(annotation, value), Map.of())), "amqp:invalid-field", said);
        assertNothingIsKept();
    }

    static Stream<Arguments> malformedProperties() {
        return Stream.of(
                arguments(Map.of("polylog-delay", true), "true"),
                arguments(Map.of("polylog-delay", -3), "-3"),
                arguments(Map.of("polylog-delay", List.of("1m", "2m")), "no simple value"),
                arguments(Map.of("polylog-deliver-at", new Binary(new byte[] {'1'})), "binary"),
                arguments(Collections.singletonMap("polylog-schedule-cancel", null), "null"),
                arguments(Map.of("polylog-schedule-cancel", "id"), "not empty"),
                arguments(Map.of("polylog-schedule", "every minute"), "every minute"),
                arguments(Map.of("polylog-schedule", "0 0 * * * *", "polylog-time-zone", "Mars/Base"), "Mars/Base"),
                arguments(Map.of("polylog-delay", "1h", "polylog-schedule-id", ""), "polylog-schedule-id"),
                arguments(Map.of("polylog-delay", "1h", "polylog-schedule-id", "x".repeat(256)), "256"));
    }

    @ParameterizedTest
    @MethodSource("malformedProperties")
    void malformedPropertyIsRejectedAndTheLinkGoesOn(Map<String, ?> properties, String said) throws Exception {
        assertRejected(send(message(Map.of(), properties)), "amqp:invalid-field", said);
        assertNothingIsKept();
    }

    private void assertRejected(DeliveryState state, String condition, String said) {
        assertThat(state).isInstanceOf(Rejected.class);
        ErrorCondition error = ((Rejected) state).getError();
        assertThat(error.getCondition().toString()).isEqualTo(condition);
        assertThat(error.getDescription()).contains(said);
    }

    /** And another message is taken on the same link. */
    private void assertNothingIsKept() throws Exception {
        assertThat(gateway.context().schedules().count()).isZero();
        assertThat(send(message(Map.of(), Map.of()))).isInstanceOf(Accepted.class);
        assertThat(LogContents.of(gateway.context(), "orders")).hasSize(1);
    }

    @Test
    void absoluteTimeBeatsDelayAndPropertyBeatsAnnotation() throws Exception {
        send(message(Map.of(DELAY, 1, TIME, IN_2100_MS), Map.of("polylog-schedule-id", "a")));
        send(message(Map.of(ENQUEUE_TIME, IN_2100_MS - 1, TIME, IN_2100_MS), Map.of("polylog-schedule-id", "b")));
        send(message(
                Map.of(TIME, IN_2100_MS - 1), Map.of("polylog-schedule-id", "c", "polylog-deliver-at", IN_2100_MS)));
        assertThat(pending())
                .hasSize(3)
                .allSatisfy(one -> assertThat(one.dueMs()).isEqualTo(IN_2100_MS));
    }

    @Test
    void annotationOfNullSaysNothing() throws Exception {
        assertThat(send(message(Collections.singletonMap(TIME, null), Map.of())))
                .isInstanceOf(Accepted.class);
        List<Record> log = LogContents.of(gateway.context(), "orders");
        assertThat(log).hasSize(1);
        assertThat(log.get(0).headers()).isEmpty();
    }

    @Test
    void scheduledMessageKeepsEverythingElse() throws Exception {
        Message message = message(Map.of(DELAY, 1, "x-colour", "blue"), Map.of("n", 7, "polylog-schedule-id", "id-1"));
        message.setContentType("text/plain");
        assertThat(send(message)).isInstanceOf(Accepted.class);
        Awaitility.await()
                .atMost(30, TimeUnit.SECONDS)
                .until(() -> LogContents.of(gateway.context(), "orders").size() == 1);
        Record record = LogContents.of(gateway.context(), "orders").get(0);
        assertThat(record.value()).isEqualTo("v".getBytes(UTF_8));
        assertThat(record.headers().lastText("content-type")).contains("text/plain");
        assertThat(record.headers().lastText("x-colour")).contains("blue");
        assertThat(record.headers().lastText("n")).contains("7");
        assertThat(record.headers().lastText("polylog-types")).contains("n:int");
        assertThat(record.headers().lastText("polylog-schedule-id")).contains("id-1");
        assertThat(record.headers().last("polylog-delay")).isEmpty();
        assertThat(record.headers().last(DELAY)).isEmpty();
    }

    @Test
    void anonymousTerminusSchedulesAndCancels() throws Exception {
        client.close();
        client = RawClient.connect(gateway.port("amqp"));
        client.open();
        client.begin();
        client.attach(Role.SENDER, new Source(), new Target());
        Message later = message(Map.of(TIME, IN_2100_MS), Map.of("polylog-schedule-id", 5));
        later.setAddress("orders");
        assertThat(send(later)).isInstanceOf(Accepted.class);
        assertThat(pending())
                .singleElement()
                .satisfies(one -> assertThat(one.id()).isEqualTo("5"));
        Message cancel = message(Map.of(), Map.of("polylog-schedule-cancel", "5"));
        cancel.setAddress("/queues/orders");
        cancel.setBody(null);
        assertThat(send(cancel)).isInstanceOf(Accepted.class);
        assertThat(pending()).isEmpty();
        Message unknown = message(Map.of(), Map.of("polylog-schedule-cancel", "6"));
        unknown.setAddress("orders");
        unknown.setBody(null);
        assertRejected(send(unknown), "amqp:not-found", "nothing of that id");
    }
}
