package io.polylog.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.broker.Publisher.Published;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.broker.TopicSpec;
import io.polylog.disk.Disk;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.schedule.Cancelled;
import io.polylog.schedule.Pending;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records that wait for their time, on a clock that the test turns. */
class SchedulesTest {

    private static final long START_MS = 1_800_000_000_000L;

    @TempDir
    Path directory;

    private final VirtualClock clock = new VirtualClock(START_MS);

    @Test
    void comesWhenItIsDueAndNotBefore() throws IOException {
        try (TestGateway gateway = start(Disk.system())) {
            Topic topic = create(gateway, "orders");
            assertThat(publish(gateway, topic, "late", "polylog-delay", "15m", "polylog-schedule-id", "a")
                            .offset())
                    .isEqualTo(-1);
            publish(gateway, topic, "early", "polylog-delay", "PT10M");
            publish(gateway, topic, "now");
            assertThat(values(gateway, topic)).containsExactly("now");

            clock.advance(Duration.ofMinutes(10).minusMillis(1));
            assertThat(gateway.context().schedules().count()).isEqualTo(2);
            assertThat(values(gateway, topic)).containsExactly("now");
            clock.advance(Duration.ofMinutes(5).plusMillis(1));
            awaitCount(gateway, 0);

            List<Record> records = records(gateway, topic);
            assertThat(records).extracting(SchedulesTest::value).containsExactly("now", "early", "late");
            assertThat(records.get(2).headers().lastText("polylog-schedule-id")).hasValue("a");
            assertThat(records.get(2).headers().lastText("polylog-scheduled-at"))
                    .hasValue(Long.toString(START_MS + 900_000));
            assertThat(records.get(2).headers().last("polylog-delay")).isEmpty();
        }
    }

    @Test
    void waitsForYearsWithoutAnybodysHelpAndAcrossARestart() throws IOException {
        Topic topic;
        try (TestGateway gateway = start(Disk.system())) {
            topic = create(gateway, "orders");
            publish(gateway, topic, "far", "polylog-deliver-at", Long.toString(START_MS + 86_400_000L * 1000));
            publish(gateway, topic, "near", "polylog-delay", "5m");
        }
        try (TestGateway gateway = start(Disk.system())) {
            clock.advance(Duration.ofMinutes(6));
            awaitCount(gateway, 1);
            assertThat(values(gateway, topic)).containsExactly("near");
        }
        clock.advance(Duration.ofDays(1001));
        try (TestGateway gateway = start(Disk.system())) {
            awaitCount(gateway, 0);
            assertThat(values(gateway, topic)).containsExactly("near", "far");
        }
    }

    @Test
    void isCancelledByItsIdAndSaysWhenItIsTooLate() throws IOException {
        try (TestGateway gateway = start(Disk.system())) {
            Topic topic = create(gateway, "orders");
            publish(gateway, topic, "a", "polylog-delay", "1m", "polylog-schedule-id", "a");
            publish(gateway, topic, "b", "polylog-delay", "1m", "polylog-schedule-id", "b");
            publish(gateway, topic, "c", "polylog-delay", "1m");
            List<Pending> pending = get(gateway.context().schedules().list(topic, Optional.empty(), 10));
            assertThat(pending).hasSize(3);
            String generated = pending.stream()
                    .map(Pending::id)
                    .filter(id -> id.length() > 1)
                    .findFirst()
                    .orElseThrow();

            publish(gateway, topic, "", "polylog-schedule-cancel", "a");
            assertThat(cancel(gateway, topic, "a")).isEqualTo(Cancelled.CANCELLED);
            assertThat(cancel(gateway, topic, "x")).isEqualTo(Cancelled.NOT_FOUND);
            clock.advance(Duration.ofMinutes(1));
            awaitCount(gateway, 0);
            assertThat(cancel(gateway, topic, "b")).isEqualTo(Cancelled.TOO_LATE);
            assertThat(cancel(gateway, topic, generated)).isEqualTo(Cancelled.TOO_LATE);
            assertThatThrownBy(() -> publish(gateway, topic, "", "polylog-schedule-cancel", "b"))
                    .hasCauseInstanceOf(RefusedException.class);
            assertThat(values(gateway, topic)).containsExactlyInAnyOrder("b", "c");
        }
    }

    @Test
    void takesThePlaceOfOneWithItsId() throws IOException {
        try (TestGateway gateway = start(Disk.system())) {
            Topic topic = create(gateway, "orders");
            publish(gateway, topic, "first", "polylog-delay", "1m", "polylog-schedule-id", "a");
            publish(gateway, topic, "second", "polylog-delay", "2m", "polylog-schedule-id", "a");
            clock.advance(Duration.ofMinutes(3));
            awaitCount(gateway, 0);
            assertThat(values(gateway, topic)).containsExactly("second");
        }
    }

    @Test
    void comesAgainAndAgainUntilItIsCancelled() throws IOException {
        try (TestGateway gateway = start(Disk.system())) {
            Topic topic = create(gateway, "orders");
            publish(gateway, topic, "tick", "polylog-schedule", "@every 1m", "polylog-schedule-id", "t");
            for (int i = 1; i <= 3; i++) {
                int count = i;
                clock.advance(Duration.ofMinutes(1));
                Awaitility.await().until(() -> values(gateway, topic).size() == count);
            }
            assertThat(cancel(gateway, topic, "t")).isEqualTo(Cancelled.CANCELLED);
            clock.advance(Duration.ofMinutes(5));
            awaitCount(gateway, 0);
            assertThat(values(gateway, topic)).hasSize(3);
        }
    }

    @Test
    void timeToLiveBeginsAnewEachTimeThatItComes() throws IOException {
        try (TestGateway gateway = start(Disk.system())) {
            Topic topic = create(gateway, "orders");
            String inTwoSeconds = Long.toString(START_MS + 2000);
            publish(gateway, topic, "tick", "polylog-schedule", "@every 1m", "expires-at", inTwoSeconds);
            for (int i = 1; i <= 3; i++) {
                int count = i;
                clock.advance(Duration.ofMinutes(1));
                Awaitility.await().until(() -> values(gateway, topic).size() == count);
            }
            assertThat(records(gateway, topic))
                    .allSatisfy(record -> assertThat(record.headers().lastText("expires-at"))
                            .hasValue(Long.toString(record.timestampMs() + 2000)));
        }
    }

    @Test
    void aLeapMeetsAllThatIsDueInIt() throws IOException {
        try (TestGateway gateway = start(Disk.system())) {
            Topic topic = create(gateway, "orders");
            publish(gateway, topic, "tick", "polylog-schedule", "@every 1m", "polylog-schedule-id", "t");
            publish(gateway, topic, "5m", "polylog-delay", "5m");
            clock.advance("5m");
            assertThat(values(gateway, topic)).hasSize(6).contains("5m");
            assertThat(cancel(gateway, topic, "t")).isEqualTo(Cancelled.CANCELLED);

            publish(gateway, topic, "300d", "polylog-delay", "300d");
            publish(gateway, topic, "at once", "polylog-delay", "0");
            clock.advance(Duration.ZERO);
            assertThat(values(gateway, topic)).last().isEqualTo("at once");
            clock.advance("1d");
            publish(gateway, topic, "200d", "polylog-delay", "199d");
            publish(gateway, topic, "1d and 3m", "polylog-delay", "3m");
            clock.advance("3m");
            assertThat(values(gateway, topic)).last().isEqualTo("1d and 3m");
            clock.advance(Duration.ofDays(199).minusMinutes(3).minusMillis(1));
            assertThat(values(gateway, topic)).last().isEqualTo("1d and 3m");
            clock.advance("1ms");
            assertThat(values(gateway, topic)).last().isEqualTo("200d");
            clock.advance("100d");
            assertThat(values(gateway, topic)).last().isEqualTo("300d");
            assertThat(gateway.context().schedules().count()).isZero();
        }
        try (TestGateway gateway = start(Disk.system())) {
            Topic topic = gateway.context().topics().find("orders").orElseThrow();
            publish(gateway, topic, "again", "polylog-delay", "40d");
            clock.advance("40d");
            assertThat(values(gateway, topic)).last().isEqualTo("again");
        }
    }

    @Test
    void refusesWhatItCannotUnderstand() throws IOException {
        try (TestGateway gateway = start(Disk.system())) {
            Topic topic = create(gateway, "orders");
            for (String[] wrong : new String[][] {
                {"polylog-delay", "soon"},
                {"polylog-delay", "-5"},
                {"polylog-delay", "4000d"},
                {"polylog-deliver-at", "tomorrow"},
                {"polylog-schedule", "* *"},
                {"polylog-schedule", "@every 1ms"},
                {"polylog-schedule-cancel", ""}
            }) {
                assertThatThrownBy(() -> publish(gateway, topic, "", wrong))
                        .as(wrong[1])
                        .cause()
                        .isInstanceOf(RefusedException.class);
            }
            assertThat(gateway.context().schedules().count()).isZero();
        }
    }

    @Test
    void comesExactlyOnceWhereverThePowerFailsWhileItIsDue() throws Exception {
        long seed = Long.getLong("polylog.seed", new Random().nextLong());
        for (int step = 1; step <= 24; step++) {
            Path home = directory.resolve("step" + step);
            Disk.system().createDirectories(home);
            FaultyDisk disk = new FaultyDisk(home);
            Topic topic;
            try (TestGateway gateway = start(home, disk)) {
                topic = create(gateway, "orders");
                for (int i = 0; i < 5; i++) {
                    publish(gateway, topic, "v" + i, "polylog-delay", (i + 1) + "ms");
                }
            }
            disk.cutPowerAt(step);
            try (TestGateway gateway = start(home, disk)) {
                clock.advance(Duration.ofSeconds(1));
                Awaitility.await()
                        .until(() -> !disk.hasPower()
                                || gateway.context().schedules().count() == 0);
            } catch (IOException | RuntimeException crashed) {
                assertThat(disk.hasPower()).as("failed with " + crashed).isFalse();
            }
            disk.cutPower();
            disk.restorePower(new Random(seed + step));
            clock.advance(Duration.ofSeconds(1));
            try (TestGateway gateway = start(home, disk)) {
                awaitCount(gateway, 0);
                assertThat(values(gateway, topic))
                        .as("-Dpolylog.seed=" + seed + ", step " + step)
                        .containsExactly("v0", "v1", "v2", "v3", "v4");
            }
        }
    }

    private TestGateway start(Disk disk) throws IOException {
        return start(directory, disk);
    }

    private TestGateway start(Path home, Disk disk) throws IOException {
        return TestGateway.start(home.resolve("data"), Map.of("data-groups", "2", "durability", "fsync"), disk, clock);
    }

    private static Topic create(TestGateway gateway, String name) {
        return get(gateway.context().topics().create(new TopicSpec(name, 1, Map.of())));
    }

    private static Published publish(TestGateway gateway, Topic topic, String value, String... headers) {
        Headers.Builder builder = Headers.builder();
        for (int i = 0; i < headers.length; i += 2) {
            builder.text(headers[i], headers[i + 1]);
        }
        return get(gateway.context()
                .publisher()
                .publish(topic, new Record(null, value.getBytes(UTF_8), START_MS, builder.build())));
    }

    private static Cancelled cancel(TestGateway gateway, Topic topic, String id) {
        return get(gateway.context().schedules().cancel(topic, id));
    }

    private static void awaitCount(TestGateway gateway, long count) {
        Awaitility.await()
                .atMost(30, TimeUnit.SECONDS)
                .until(() -> gateway.context().schedules().count() == count);
    }

    private static List<String> values(TestGateway gateway, Topic topic) {
        return records(gateway, topic).stream().map(SchedulesTest::value).toList();
    }

    private static String value(Record record) {
        byte[] value = record.value();
        return value == null ? "" : new String(value, UTF_8);
    }

    private static List<Record> records(TestGateway gateway, Topic topic) {
        return LogContents.of(gateway.context(), topic.name());
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }
}
