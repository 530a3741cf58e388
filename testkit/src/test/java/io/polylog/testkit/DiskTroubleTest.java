package io.polylog.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Publisher.Published;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.broker.TopicSpec;
import io.polylog.broker.Writes;
import io.polylog.dispatch.Cursor;
import io.polylog.dispatch.Dispatcher;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.TopicPartition;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole log on a disk that is full, slow or broken: what is refused leaves no trace, and readers go on. */
@Execution(ExecutionMode.CONCURRENT)
class DiskTroubleTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Nothing is kept free, so that writes run into the end of the disk. */
    private static final Map<String, String> NO_RESERVE = Map.of("disk-reserve-bytes", "0");

    @TempDir
    Path directory;

    private FaultyDisk disk;
    private TestGateway gateway;

    @BeforeEach
    void makeDisk() throws IOException {
        disk = new FaultyDisk(directory);
    }

    @AfterEach
    void close() throws IOException {
        disk.releaseForces();
        disk.freeSpace();
        closeQuietly();
    }

    // ---- full ---------------------------------------------------------------------------------------------------

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

    // ---- broken -------------------------------------------------------------------------------------------------

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

    // ---- slow ---------------------------------------------------------------------------------------------------

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

    // ---- steps --------------------------------------------------------------------------------------------------

    private void start(Map<String, String> settings) throws IOException {
        Map<String, String> all = new java.util.HashMap<>(settings);
        all.put("durability", "fsync");
        gateway = TestGateway.start(directory, all, disk, EpochClock.system(), NanoClock.system());
    }

    private void restartAfterPowerLoss(Random random) throws IOException {
        disk.crash(random);
        closeQuietly();
        start(NO_RESERVE);
    }

    /** A crashed gateway cannot close its files in order; what counts is that it gives the directory back. */
    private void closeQuietly() {
        try {
            gateway.close();
        } catch (IOException expected) {
            assertThat(expected).isNotNull();
        }
    }

    private TopicPartition topic(String name) {
        Topic topic = get(gateway.context().topics().create(new TopicSpec(name, 1, Map.of())));
        return topic.partition(0);
    }

    private CompletableFuture<Published> publish(TopicPartition partition, String value) {
        return gateway.context()
                .publisher()
                .publish(partition, new Record(null, value.getBytes(UTF_8), 1_000, Headers.EMPTY))
                .toCompletableFuture();
    }

    private void awaitWrites(Writes expected) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> gateway.context().readiness().writes() == expected);
    }

    private List<String> readAll(TopicPartition partition) {
        return LogContents.of(gateway.context(), partition).stream()
                .map(stored -> new String(stored.record().value(), UTF_8))
                .toList();
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private Path find(String directoryName, String suffix) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().contains(directoryName)
                            && file.toString().endsWith(suffix))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Whether it succeeded, once it is settled. */
    private static boolean settled(CompletableFuture<?> stage) {
        return stage.copy()
                .orTimeout(60, TimeUnit.SECONDS)
                .handle((result, failure) -> failure == null)
                .join();
    }

    private static Refusal refusal(CompletionStage<?> stage) {
        Throwable failure = stage.toCompletableFuture()
                .copy()
                .orTimeout(60, TimeUnit.SECONDS)
                .handle((result, thrown) -> unwrap(thrown))
                .join();
        assertThat(failure).isInstanceOf(RefusedException.class);
        return ((RefusedException) failure).refusal();
    }

    private static String message(Throwable failure) {
        return String.valueOf(unwrap(failure).getMessage());
    }

    private static Throwable unwrap(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
