package io.polylog.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Publisher.Published;
import io.polylog.broker.Topic;
import io.polylog.broker.TopicSpec;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.TopicPartition;
import io.polylog.spi.AdapterContext;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole log on a disk that loses what was not forced: what was acknowledged must be there after each crash. */
class LogNodeCrashTest {

    private static final int ROUNDS = 12;

    /** More than may be open at a time. */
    private static final int PARTITIONS = 12;

    @TempDir
    Path directory;

    @Test
    void losesNothingAcknowledgedInCrashesAtRandomMoments() throws Exception {
        long seed = Long.getLong("polylog.seed", new Random().nextLong());
        Random random = new Random(seed);
        FaultyDisk disk = new FaultyDisk(directory);
        Map<TopicPartition, Map<Long, String>> acknowledged = new HashMap<>();
        int next = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String context = "seed " + seed + " round " + round;
            TestGateway gateway = start(disk);
            AdapterContext ports = gateway.context();
            Topic topic = ports.topics()
                    .find("orders")
                    .orElseGet(() -> get(ports.topics().create(new TopicSpec("orders", PARTITIONS, Map.of()))));
            acknowledged.forEach((partition, values) ->
                    assertThat(readAll(ports, partition)).as(context).containsAllEntriesOf(values));

            List<CompletionStage<Published>> pending = new ArrayList<>();
            Map<TopicPartition, Map<Long, String>> taken = new ConcurrentHashMap<>();
            int count = 1 + random.nextInt(400);
            int waitFor = random.nextInt(count);
            for (int i = 0; i < count; i++) {
                String value = "v" + next++;
                pending.add(ports.publisher()
                        .publish(topic.partition(random.nextInt(PARTITIONS)), record(value))
                        .whenComplete((published, failure) -> {
                            if (failure == null) {
                                taken.computeIfAbsent(published.partition(), key -> new ConcurrentHashMap<>())
                                        .put(published.offset(), value);
                            }
                        }));
            }
            get(pending.get(waitFor));
            disk.cutPower();
            for (CompletionStage<Published> stage : pending) {
                settled(stage);
            }
            taken.forEach((partition, values) -> acknowledged
                    .computeIfAbsent(partition, key -> new HashMap<>())
                    .putAll(values));
            closeCrashed(gateway);
            disk.restorePower(random);
        }
        try (TestGateway gateway = start(disk)) {
            acknowledged.forEach((partition, values) -> assertThat(readAll(gateway.context(), partition))
                    .as("seed " + seed)
                    .containsAllEntriesOf(values));
        }
    }

    @Test
    void acknowledgesNothingAfterAFailedForce() throws Exception {
        FaultyDisk disk = new FaultyDisk(directory);
        TestGateway gateway = start(disk);
        AdapterContext ports = gateway.context();
        Topic topic = get(ports.topics().create(new TopicSpec("orders", 1, Map.of())));
        get(ports.publisher().publish(topic, record("before")));
        disk.failForce(1);

        CompletableFuture<Published> failed =
                ports.publisher().publish(topic, record("lost")).toCompletableFuture();
        settled(failed);
        CompletableFuture<Published> after =
                ports.publisher().publish(topic, record("after")).toCompletableFuture();
        settled(after);

        assertThat(failed).isCompletedExceptionally();
        assertThat(after).isCompletedExceptionally();
        Awaitility.await().until(() -> gateway.failure() instanceof IOException); // told after the callers are
        assertThat(readAll(ports, topic.partition(0))).containsValue("before").hasSize(1);
        closeCrashed(gateway);
    }

    @Test
    void startsWhereverACrashEndedAnEarlierRecoveryFromAHalfMadeJournalFile() throws IOException {
        FaultyDisk disk = new FaultyDisk(directory);
        start(disk).close();
        boolean crashed = true;
        for (int round = 0; crashed; round++) {
            halfMakeTheNextJournalFile(disk);
            disk.cutPowerAt(1 + round / 3);
            crashed = crashesWhileStarting(disk);
            disk.restorePower(new Random(round));
            start(disk).close();
        }
    }

    /** As a crash leaves it that comes before the first force. */
    private void halfMakeTheNextJournalFile(FaultyDisk disk) throws IOException {
        Path journal = directory.resolve("journal");
        List<Path> files = disk.list(journal);
        String last = String.valueOf(files.get(files.size() - 1).getFileName());
        long next = Long.parseLong(last.substring(0, last.indexOf('.'))) + 1;
        disk.open(journal.resolve(String.format("%020d.journal", next))).close();
        disk.forceDirectory(journal);
    }

    private boolean crashesWhileStarting(FaultyDisk disk) throws IOException {
        boolean survived = false;
        try {
            TestGateway gateway = start(disk);
            survived = disk.hasPower();
            disk.cutPower();
            closeCrashed(gateway);
        } catch (IOException | RuntimeException failure) {
            assertThat(disk.hasPower())
                    .as("has power, and failed with " + failure)
                    .isFalse();
        }
        return !survived;
    }

    private TestGateway start(FaultyDisk disk) throws IOException {
        return TestGateway.start(
                directory,
                Map.of(
                        "durability",
                        "fsync",
                        "segment-bytes",
                        Integer.toString(1 << 20),
                        "checkpoint-bytes",
                        Integer.toString(64 << 10),
                        "checkpoint-interval-ms",
                        "100",
                        "max-open-segments",
                        "4"),
                disk,
                EpochClock.system(),
                NanoClock.system());
    }

    /** A crashed gateway cannot close its files in order; what counts is that it gives the directory back. */
    private static void closeCrashed(TestGateway gateway) {
        try {
            gateway.close();
        } catch (IOException expected) {
            assertThat(expected).isNotNull();
        }
    }

    private static Map<Long, String> readAll(AdapterContext ports, TopicPartition partition) {
        Map<Long, String> values = new HashMap<>();
        LogContents.of(ports, partition)
                .forEach(stored ->
                        values.put(stored.offset(), new String(stored.record().value(), UTF_8)));
        return values;
    }

    private static Record record(String value) {
        return new Record(null, value.getBytes(UTF_8), 1_000, Headers.EMPTY);
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    private static void settled(CompletionStage<?> stage) throws Exception {
        stage.handle((result, failure) -> true).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
