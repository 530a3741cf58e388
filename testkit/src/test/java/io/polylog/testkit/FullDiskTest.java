package io.polylog.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Publisher.Published;
import io.polylog.broker.Refusal;
import io.polylog.broker.TopicSpec;
import io.polylog.broker.Writes;
import io.polylog.record.TopicPartition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a gateway does on a disk that is full, and when there is room again. */
@Execution(ExecutionMode.CONCURRENT)
class FullDiskTest extends OnATroubledDisk {

    @Test
    void refusesWritesWhileOnlyTheReserveIsLeftAndAcceptsThemAgainByItself() throws IOException {
        start(Map.of());
        TopicPartition orders = topic("orders");
        publish(orders, "before").join();

        disk.limitSpace(100 << 20); // less than the reserve by default
        awaitWrites(Writes.DISK_FULL);

        assertThat(refusal(publish(orders, "refused"))).isEqualTo(Refusal.DISK_FULL);
        assertThat(refusal(gateway.context().topics().create(new TopicSpec("another", 1, Map.of()))))
                .isEqualTo(Refusal.DISK_FULL);
        assertThat(readAll(orders)).containsExactly("before");
        disk.freeSpace();
        awaitWrites(Writes.ACCEPTED);
        publish(orders, "after").join();
        assertThat(readAll(orders)).containsExactly("before", "after");
    }

    @Test
    void letsDeletionsThroughWhenTheDiskIsFull() throws IOException {
        start(Map.of());
        topic("orders");
        disk.limitSpace(1 << 20);
        awaitWrites(Writes.DISK_FULL);

        get(gateway.context().topics().delete("orders"));

        assertThat(gateway.context().topics().find("orders")).isEmpty();
    }

    @Test
    void takesBackAWriteThatDidNotFitTheJournal() throws IOException {
        start(NO_RESERVE);
        TopicPartition orders = topic("orders");
        List<String> acknowledged = new ArrayList<>();
        // Enough for a part of the journal's frame, never for all of it.
        for (int room : new int[] {0, 1, 30, 100, 500}) {
            acknowledged.add("before " + room);
            publish(orders, "before " + room).join();
            disk.limitSpace(room);

            assertThat(refusal(publish(orders, "x".repeat(1_000))))
                    .as("room %d", room)
                    .isEqualTo(Refusal.DISK_FULL);

            disk.freeSpace();
            awaitWrites(Writes.ACCEPTED);
        }
        publish(orders, "last").join();
        acknowledged.add("last");
        assertThat(readAll(orders)).containsExactlyElementsOf(acknowledged);

        restartAfterPowerLoss(new Random(7));
        assertThat(readAll(orders)).containsExactlyElementsOf(acknowledged);
        assertThat(gateway.failure()).isNull();
    }

    @Test
    void refusesWhenTheJournalsNextFileDoesNotFitAndMakesItLater() throws IOException {
        // The smallest files that there are, so that after each write the next one begins.
        start(Map.of("disk-reserve-bytes", "0", "checkpoint-bytes", "65536"));
        TopicPartition orders = topic("orders");
        publish(orders, "x".repeat(100_000)).join();
        disk.limitSpace(0);
        assertThat(refusal(publish(orders, "refused"))).isEqualTo(Refusal.DISK_FULL);
        disk.freeSpace();
        awaitWrites(Writes.ACCEPTED);
        disk.limitSpace(10); // the name fits, the header does not
        assertThat(refusal(publish(orders, "refused"))).isEqualTo(Refusal.DISK_FULL);

        restartAfterPowerLoss(new Random(3));

        publish(orders, "after").join();
        assertThat(readAll(orders)).containsExactly("x".repeat(100_000), "after");
    }

    @Test
    void applyWaitsForRoomAndGoesOnWhereItWas() throws IOException {
        start(NO_RESERVE);
        TopicPartition orders = topic("orders");
        publish(orders, "before").join();
        disk.limitSpace(1_500); // the journal's copy fits, the segment's does not

        CompletableFuture<Published> waiting = publish(orders, "x".repeat(1_000));
        awaitWrites(Writes.DISK_FULL);

        assertThat(waiting).isNotDone();
        assertThat(readAll(orders)).containsExactly("before");
        disk.freeSpace();
        assertThat(waiting.orTimeout(60, TimeUnit.SECONDS).join().offset()).isEqualTo(1);
        awaitWrites(Writes.ACCEPTED);
        assertThat(publish(orders, "after").join().offset()).isEqualTo(2);
        assertThat(gateway.failure()).isNull();
        restartAfterPowerLoss(new Random(5));
        assertThat(readAll(orders)).containsExactly("before", "x".repeat(1_000), "after");
    }

    @Test
    void stopsCleanlyWhileApplyWaitsForRoom() throws IOException {
        start(NO_RESERVE);
        TopicPartition orders = topic("orders");
        publish(orders, "before").join();
        disk.limitSpace(1_500);
        CompletableFuture<Published> waiting = publish(orders, "x".repeat(1_000));
        awaitWrites(Writes.DISK_FULL);

        gateway.close();

        assertThat(refusal(waiting)).isEqualTo(Refusal.STORAGE_FAILED); // not acknowledged, and yet durable
        assertThat(gateway.failure()).isNull();
        disk.freeSpace();
        start(NO_RESERVE);
        assertThat(readAll(orders)).containsExactly("before", "x".repeat(1_000));
    }

    @Test
    void theLogIsTheSameHoweverOftenTheDiskIsFullOnTheWay() throws IOException {
        long seed = Long.getLong("polylog.seed", new Random().nextLong());
        Random random = new Random(seed);
        start(NO_RESERVE);
        TopicPartition orders = topic("orders");
        List<String> acknowledged = new ArrayList<>();
        for (int round = 0; round < 15; round++) {
            disk.limitSpace(random.nextInt(20_000));
            List<String> values = new ArrayList<>();
            List<CompletableFuture<Published>> pending = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                values.add(round + "." + i + " " + "x".repeat(random.nextInt(2_000)));
                pending.add(publish(orders, values.get(i)));
            }
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> pending.stream().allMatch(CompletableFuture::isDone)
                            || gateway.context().readiness().writes() == Writes.DISK_FULL);
            disk.freeSpace();
            for (int i = 0; i < pending.size(); i++) {
                if (settled(pending.get(i))) {
                    acknowledged.add(values.get(i));
                } else {
                    assertThat(refusal(pending.get(i))).as("seed %d", seed).isEqualTo(Refusal.DISK_FULL);
                }
            }
            awaitWrites(Writes.ACCEPTED);
        }
        assertThat(readAll(orders)).as("seed %d", seed).containsExactlyElementsOf(acknowledged);
        assertThat(gateway.failure()).isNull();
        restartAfterPowerLoss(random);
        assertThat(readAll(orders)).as("seed %d", seed).containsExactlyElementsOf(acknowledged);
    }
}
