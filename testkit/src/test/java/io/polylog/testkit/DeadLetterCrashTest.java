package io.polylog.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.polylog.broker.Topic;
import io.polylog.engine.Homes;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.share.Acquired;
import io.polylog.share.Outcome;
import io.polylog.share.ShareConsumer;
import io.polylog.share.ShareGroups.StartAt;
import io.polylog.share.ShareListener;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rejected records are in exactly one of queue and dead-letter topic, at whatever step the power fails. */
class DeadLetterCrashTest {

    private static final int GROUPS = 3;
    private static final List<String> VALUES = List.of("v0", "v1", "v2", "v3", "v4");

    @TempDir
    Path root;

    private Path directory(long step) throws IOException {
        return Files.createDirectory(root.resolve("step" + step));
    }

    private static TestGateway start(Path directory, FaultyDisk disk) throws IOException {
        return TestGateway.start(
                directory,
                Map.of("durability", "fsync", "data-groups", Integer.toString(GROUPS)),
                disk,
                EpochClock.system(),
                NanoClock.system());
    }

    private static void closeCrashed(TestGateway gateway) {
        try {
            gateway.close();
        } catch (IOException expected) {
            assertThat(expected).isNotNull();
        }
    }

    /** Keeps what it is given. */
    private static final class Basket implements ShareListener {
        private final Queue<Acquired> records = new ConcurrentLinkedQueue<>();

        @Override
        public void acquired(List<Acquired> acquired) {
            records.addAll(acquired);
        }

        @Override
        public void ended(String reason) {}
    }

    /** Publishes, takes all, and rejects all but the last; answers once that is done or has failed. */
    private static void publishAndReject(TestGateway gateway, FaultyDisk disk, long cutAt) throws Exception {
        Topic topic = get(gateway.context().topics().ensure("orders"));
        for (String value : VALUES) {
            get(gateway.context()
                    .publisher()
                    .publish(topic, new Record(null, value.getBytes(UTF_8), 1, Headers.EMPTY)));
        }
        Basket basket = new Basket();
        ShareConsumer consumer = get(
                gateway.context().shareGroups().join("queue:orders", topic, StartAt.EARLIEST, Runnable::run, basket));
        get(consumer.credit(VALUES.size()));
        await().atMost(60, TimeUnit.SECONDS).until(() -> basket.records.size() == VALUES.size());
        if (cutAt > 0) {
            disk.cutPowerAt(cutAt);
        }
        List<Acquired> all = new ArrayList<>(basket.records);
        List<CompletionStage<?>> rejecting = new ArrayList<>();
        rejecting.add(consumer.settle(all.subList(0, 2), Outcome.REJECT));
        rejecting.add(consumer.settle(all.subList(2, 4), Outcome.REJECT));
        for (CompletionStage<?> stage : rejecting) {
            if (cutAt > 0) {
                await().atMost(60, TimeUnit.SECONDS)
                        .until(() -> stage.toCompletableFuture().isDone() || gateway.failure() != null);
            } else {
                get(stage);
            }
        }
        if (cutAt == 0 || disk.hasPower()) {
            await().atMost(60, TimeUnit.SECONDS)
                    .until(() -> deadLetters(gateway).size() == 4 || gateway.failure() != null);
        }
    }

    private static List<String> deadLetters(TestGateway gateway) {
        return LogContents.of(gateway.context(), "orders.dlq").stream()
                .map(record -> new String(record.value(), UTF_8))
                .toList();
    }

    @Test
    void recordIsInExactlyOneOfQueueAndDeadLetterTopicWheneverThePowerFails() throws Exception {
        long seed = Long.getLong("polylog.seed", new Random().nextLong());
        Random random = new Random(seed);
        int cuts = 0;
        for (long step = 1; ; step++) {
            Path directory = directory(step);
            FaultyDisk disk = new FaultyDisk(directory);
            TestGateway gateway = start(directory, disk);
            publishAndReject(gateway, disk, step);
            boolean cut = !disk.hasPower();
            if (cut) {
                cuts++;
            } else {
                disk.cutPower(); // all was done before that step came
            }
            closeCrashed(gateway);
            disk.restorePower(random);
            checkEachRecordIsInOnePlace("seed " + seed + " step " + step, directory, disk);
            if (!cut) {
                break;
            }
        }
        assertThat(cuts).as("steps at which the power failed").isGreaterThan(4);
    }

    private static void checkEachRecordIsInOnePlace(String context, Path directory, FaultyDisk disk) throws Exception {
        try (TestGateway gateway = start(directory, disk)) {
            Topic topic = gateway.context().topics().find("orders").orElseThrow();
            gateway.context().topics().find("orders.dlq").ifPresent(dead -> {
                Homes homes = new Homes(GROUPS);
                assertThat(homes.of(dead.id(), 0)).isNotEqualTo(homes.of(topic.id(), 0));
            });
            Basket basket = new Basket();
            ShareConsumer consumer = get(gateway.context()
                    .shareGroups()
                    .join("queue:orders", topic, StartAt.EARLIEST, Runnable::run, basket));
            get(consumer.credit(100));
            await(context).atMost(60, TimeUnit.SECONDS).untilAsserted(() -> {
                List<String> found = new ArrayList<>(deadLetters(gateway));
                basket.records.forEach(
                        acquired -> found.add(new String(acquired.record().value(), UTF_8)));
                assertThat(new TreeSet<>(found)).containsExactlyElementsOf(VALUES);
            });
            List<String> found = new ArrayList<>(deadLetters(gateway));
            basket.records.forEach(
                    acquired -> found.add(new String(acquired.record().value(), UTF_8)));
            assertThat(found).as(context).containsExactlyInAnyOrderElementsOf(VALUES);
        }
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }
}
