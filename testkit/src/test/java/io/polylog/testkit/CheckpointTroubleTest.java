package io.polylog.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Topic;
import io.polylog.broker.TopicSpec;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.spi.AdapterContext;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A checkpoint that fails costs nothing but another try: the journal keeps what no checkpoint holds. */
class CheckpointTroubleTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int RECORDS = 50;

    @TempDir
    Path directory;

    private FaultyDisk disk;
    private TestGateway gateway;

    private enum Fault {
        /** The system has given the bytes up, so only a new start can write them again. */
        FORCE_OF_A_SEGMENT(
                false, disk -> disk.failForces(path -> path.toString().endsWith(".log"))),
        OPENING_A_FILE(true, disk -> disk.failOpen(1)),
        NO_ROOM_FOR_THE_MANIFEST(true, disk -> disk.limitSpace(0)),
        RENAME(true, disk -> disk.failRename(1));

        private final boolean passes;
        private final Consumer<FaultyDisk> plan;

        Fault(boolean passes, Consumer<FaultyDisk> plan) {
            this.passes = passes;
            this.plan = plan;
        }
    }

    @BeforeEach
    void makeDisk() throws IOException {
        disk = new FaultyDisk(directory);
    }

    @AfterEach
    void close() {
        closeQuietly();
    }

    @ParameterizedTest
    @EnumSource
    void losesNothingWhenACheckpointFailsAndPowerAfterIt(Fault fault) throws IOException {
        Random random = new Random(fault.ordinal());
        start(Map.of("disk-reserve-bytes", "0"));
        publish("orders", RECORDS);
        fault.plan.accept(disk);

        assertThat(gateway.checkpoint()).isFalse();

        disk.freeSpace();
        disk.failForces(path -> false);
        publish("orders", RECORDS);
        assertThat(gateway.checkpoint()).isEqualTo(fault.passes);
        publish("orders", RECORDS);
        disk.crash(random);
        closeQuietly();
        start(Map.of());
        assertThat(end("orders")).isEqualTo(3 * RECORDS);
        assertThat(gateway.checkpoint()).isTrue();
        assertThat(gateway.failure()).isNull();
    }

    @Test
    void triesAgainByItselfThoughNothingMoreIsWritten() throws IOException {
        start(Map.of("disk-reserve-bytes", "0"));
        publish("orders", RECORDS);
        disk.limitSpace(0);
        closeQuietly(); // and its last checkpoint fails
        disk.freeSpace();
        assertThat(manifests()).isZero();
        disk.failRename(1);

        start(Map.of("disk-reserve-bytes", "0", "checkpoint-interval-ms", "100"));

        // That of the topics and that of the partition, one of which failed at first.
        Awaitility.await("checkpoints without a write").atMost(PATIENCE).until(() -> manifests() == 2);
    }

    private void start(Map<String, String> settings) throws IOException {
        Map<String, String> all = new java.util.HashMap<>(settings);
        all.put("durability", "fsync");
        gateway = TestGateway.start(directory, all, disk, EpochClock.system(), NanoClock.system());
    }

    private Topic topicOf(String name) {
        return gateway.context().topics().find(name).orElseThrow();
    }

    private void publish(String topic, int count) {
        AdapterContext ports = gateway.context();
        if (ports.topics().find(topic).isEmpty()) {
            ports.topics()
                    .create(new TopicSpec(topic, 1, Map.of()))
                    .toCompletableFuture()
                    .orTimeout(60, TimeUnit.SECONDS)
                    .join();
        }
        List<CompletableFuture<?>> pending = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pending.add(ports.publisher()
                    .publish(topicOf(topic).partition(0), record("value " + i))
                    .toCompletableFuture());
        }
        pending.forEach(stage -> stage.orTimeout(60, TimeUnit.SECONDS).join());
    }

    private static Record record(String value) {
        return new Record(null, value.getBytes(UTF_8), 1_000, Headers.EMPTY);
    }

    private long end(String topic) {
        return gateway.context().fetcher().offsets(topicOf(topic).partition(0)).highWatermark();
    }

    private long manifests() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.endsWith("manifest")).count();
        }
    }

    /** A crashed gateway cannot close its files in order; what counts is that it gives the directory back. */
    private void closeQuietly() {
        try {
            gateway.close();
        } catch (IOException expected) {
            assertThat(expected).isNotNull();
        }
    }
}
