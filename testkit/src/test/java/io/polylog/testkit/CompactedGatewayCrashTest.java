package io.polylog.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.broker.TopicSpec;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.StoredRecord;
import io.polylog.record.TopicPartition;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writing, checkpoints, compaction and retention in turn, and the power fails somewhere: what was acknowledged last is there. */
class CompactedGatewayCrashTest {

    private static final int ROUNDS = 8;
    private static final int KEYS = 8;

    @TempDir(factory = RamDirectory.class)
    Path root;

    private final long seed = Long.getLong("polylog.seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private final Map<String, Integer> acknowledged = new HashMap<>();
    private final Map<String, Integer> sent = new HashMap<>();

    @Test
    void theLastRecordOfEachKeySurvivesWhereverThePowerFails() throws Exception {
        FaultyDisk disk = new FaultyDisk(root);
        try (TestGateway gateway = start(disk)) {
            gateway.context()
                    .topics()
                    .create(new TopicSpec(
                            "t", 1, Map.of("cleanup.policy", "compact", "min.cleanable.dirty.ratio", "0")))
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
        }
        for (int round = 0; round < ROUNDS; round++) {
            TestGateway gateway = start(disk);
            check(gateway, round);
            disk.cutPowerAt(1 + random.nextInt(800));
            try {
                for (int turn = 0; turn < 40 && disk.hasPower(); turn++) {
                    switch (random.nextInt(4)) {
                        case 0 -> gateway.checkpoint();
                        case 1 -> gateway.compact();
                        default -> write(gateway, 40);
                    }
                }
            } catch (CompletionException | RefusedException crashed) {
                assertThat(disk.hasPower())
                        .as("seed %d, failed with %s", seed, crashed)
                        .isFalse();
            }
            disk.cutPower();
            try {
                gateway.close();
            } catch (IOException | RuntimeException gone) {
                assertThat(disk.hasPower()).isFalse();
            }
            disk.restorePower(random);
        }
        try (TestGateway gateway = start(disk)) {
            check(gateway, ROUNDS);
            gateway.checkpoint();
            gateway.compact();
            check(gateway, ROUNDS);
        }
    }

    private TestGateway start(FaultyDisk disk) throws IOException {
        return TestGateway.start(
                root.resolve("data"),
                Map.of("durability", "fsync", "segment-bytes", "4096", "data-groups", "1"),
                disk,
                EpochClock.system(),
                NanoClock.system());
    }

    private TopicPartition partition(TestGateway gateway) {
        Topic topic = gateway.context().topics().find("t").orElseThrow();
        return topic.partition(0);
    }

    private void write(TestGateway gateway, int records) {
        TopicPartition partition = partition(gateway);
        for (int i = 0; i < records; i++) {
            String key = "k" + random.nextInt(KEYS);
            int number = sent.merge(key, 1, Integer::sum);
            Record record =
                    new Record(key.getBytes(UTF_8), (number + " " + "x".repeat(100)).getBytes(UTF_8), 1, Headers.EMPTY);
            gateway.context()
                    .publisher()
                    .publish(partition, record)
                    .toCompletableFuture()
                    .join();
            acknowledged.put(key, number);
        }
    }

    private void check(TestGateway gateway, int round) {
        Map<String, Integer> last = new HashMap<>();
        long before = -1;
        List<StoredRecord> records = LogContents.of(gateway.context(), partition(gateway));
        for (StoredRecord stored : records) {
            assertThat(stored.offset()).as("seed %d, round %d", seed, round).isGreaterThan(before);
            before = stored.offset();
            last.put(text(stored.record().key()), number(stored));
        }
        acknowledged.forEach((key, number) -> assertThat(last.getOrDefault(key, -1))
                .as("seed %d, round %d, last of %s", seed, round, key)
                .isBetween(number, sent.get(key)));
    }

    private static int number(StoredRecord stored) {
        String value = text(stored.record().value());
        return Integer.parseInt(value.substring(0, value.indexOf(' ')));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }
}
