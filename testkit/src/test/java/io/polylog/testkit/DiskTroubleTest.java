package io.polylog.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Publisher.Published;
import io.polylog.broker.Refusal;
import io.polylog.broker.Writes;
import io.polylog.dispatch.Cursor;
import io.polylog.dispatch.Dispatcher;
import io.polylog.record.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole log on a disk that is slow or broken: what is refused leaves no trace, and readers go on. */
@Execution(ExecutionMode.CONCURRENT)
class DiskTroubleTest extends OnATroubledDisk {

    private enum JournalFault {
        WRITE(disk -> disk.failWrite(1)),
        FORCE(disk -> disk.failForce(1)),
        CUT_AFTER_A_FULL_DISK(disk -> {
            disk.limitSpace(100);
            disk.failTruncate(1);
        }),
        FORCE_OF_THE_CUT(disk -> {
            disk.limitSpace(100);
            disk.failForce(1);
        });

        private final Consumer<FaultyDisk> plan;

        JournalFault(Consumer<FaultyDisk> plan) {
            this.plan = plan;
        }
    }

    @ParameterizedTest
    @EnumSource
    void acceptsNothingAfterTheJournalFailedAndServesReaders(JournalFault fault) throws IOException {
        start(NO_RESERVE);
        TopicPartition orders = topic("orders");
        publish(orders, "before").join();
        fault.plan.accept(disk);

        CompletableFuture<Published> failed = publish(orders, "x".repeat(1_000));

        assertThat(refusal(failed)).isEqualTo(Refusal.STORAGE_FAILED);
        disk.freeSpace(); // room does not mend it
        assertThat(refusal(publish(orders, "later"))).isEqualTo(Refusal.STORAGE_FAILED);
        assertThat(refusal(gateway.context().topics().delete("orders"))).isEqualTo(Refusal.STORAGE_FAILED);
        awaitWrites(Writes.STORAGE_FAILED);
        Awaitility.await().atMost(PATIENCE).until(() -> gateway.failure() instanceof IOException);
        assertThat(readAll(orders)).containsExactly("before");
        restartAfterPowerLoss(new Random(11));
        assertThat(readAll(orders)).startsWith("before").doesNotContain("later");
        publish(orders, "after").join();
    }

    @Test
    void aRangeThatCannotBeReadIsNamedAndOthersAreServed() throws IOException {
        start(Map.of());
        TopicPartition orders = topic("orders");
        TopicPartition bills = topic("bills");
        publish(orders, "order").join();
        publish(bills, "bill").join();
        disk.failReads(
                path -> path.toString().contains("orders-0") && path.toString().endsWith(".log"));

        CompletableFuture<?> read =
                gateway.context().fetcher().offsetOfMaxTimestamp(orders).toCompletableFuture();

        assertThat(refusal(read)).isEqualTo(Refusal.STORAGE_FAILED);
        assertThat(read.handle((found, failure) -> message(failure)).join())
                .contains("00000000000000000000.log")
                .contains("at byte 0");
        assertThat(readAll(bills)).containsExactly("bill");
        publish(orders, "another").join();
        disk.failReads(path -> false);
        assertThat(readAll(orders)).containsExactly("order", "another");
    }

    @Test
    void damageEndsTheReaderThatMeetsItAndNoOther() throws IOException {
        start(Map.of());
        TopicPartition orders = topic("orders");
        publish(orders, "old").join();
        Path segment = find("orders-0", ".log");
        try (FileChannel file = FileChannel.open(segment, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {'!'}), file.size() - 3);
        }
        Dispatcher dispatcher = gateway.context().dispatcher();
        try (Cursor early = dispatcher.open(orders, 0, Runnable::run, () -> {});
                Cursor late = dispatcher.open(orders, 1, Runnable::run, () -> {})) {
            Awaitility.await("the reader of the damage ends").atMost(PATIENCE).until(() -> {
                assertThat(early.poll(1)).isEmpty();
                return early.ended();
            });

            publish(orders, "new").join();

            Awaitility.await("the other goes on")
                    .atMost(PATIENCE)
                    .until(() -> !late.poll(1).isEmpty());
            assertThat(late.ended()).isFalse();
        }
    }

    @Test
    void aStuckForceBoundsWhatWaitsAndLeavesReadersAlone() throws IOException {
        start(Map.of());
        TopicPartition orders = topic("orders");
        publish(orders, "before").join();
        disk.holdForces(path -> path.toString().endsWith(".journal"));
        int size = 1 << 20;
        List<CompletableFuture<Published>> pending = new ArrayList<>();

        while (pending.isEmpty() || !pending.get(pending.size() - 1).isDone()) {
            pending.add(publish(orders, "x".repeat(size)));
            assertThat(pending).hasSizeLessThan(200);
        }

        assertThat(refusal(pending.remove(pending.size() - 1))).isEqualTo(Refusal.OVERLOADED);
        assertThat(pending).noneMatch(CompletableFuture::isDone);
        assertThat(readAll(orders)).containsExactly("before");
        disk.releaseForces();
        pending.forEach(stage -> stage.orTimeout(60, TimeUnit.SECONDS).join());
        assertThat(readAll(orders)).hasSize(1 + pending.size());
    }
}
