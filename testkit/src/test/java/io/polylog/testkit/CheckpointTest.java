package io.polylog.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.broker.Topic;
import io.polylog.broker.TopicSpec;
import io.polylog.disk.Disk;
import io.polylog.engine.CorruptDataException;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.spi.AdapterContext;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start takes up the checkpoint and replays what came after it, and nothing else. */
class CheckpointTest {

    private static final int RECORDS = 300;

    @TempDir
    Path directory;

    @Test
    void trimsTheJournalAndStartsFromTheCheckpoint() throws Exception {
        try (TestGateway gateway = start(Disk.system())) {
            publish(gateway, "orders", RECORDS);
            assertThat(gateway.checkpoint()).isTrue();
            publish(gateway, "orders", RECORDS);
            publish(gateway, "bills", 10);
            assertThat(gateway.checkpoint()).isTrue();
            assertThat(journalBytes()).isLessThan(256 << 10);
            publish(gateway, "orders", 5);
        }
        try (TestGateway gateway = start(Disk.system())) {
            assertThat(end(gateway, "orders")).isEqualTo(2 * RECORDS + 5);
            assertThat(end(gateway, "bills")).isEqualTo(10);
            publish(gateway, "orders", 1);
        }
    }

    @Test
    void bringsBackATopicThatWasDeletedAfterTheCheckpointOnlyToDeleteItAgain() throws Exception {
        FaultyDisk disk = new FaultyDisk(directory);
        TestGateway gateway = start(disk);
        publish(gateway, "orders", RECORDS);
        assertThat(gateway.checkpoint()).isTrue();
        get(gateway.context().topics().delete("orders"));
        publish(gateway, "bills", 1);
        disk.crash(new Random(7));
        closeCrashed(gateway);

        try (TestGateway again = start(disk)) {
            assertThat(again.context().topics().find("orders")).isEmpty();
            assertThat(end(again, "bills")).isEqualTo(1);
            assertThat(again.checkpoint()).isTrue();
            assertThat(segments("orders")).isEmpty();
        }
    }

    @Test
    void refusesToStartWithoutTheManifestOfAGroupWhoseJournalIsTrimmed() throws Exception {
        try (TestGateway gateway = start(Disk.system())) {
            for (int i = 0; i < 20; i++) {
                publish(gateway, "orders", RECORDS);
                assertThat(gateway.checkpoint()).isTrue();
            }
        }
        for (Path manifest : find("manifest")) {
            Files.delete(manifest);
        }

        assertThatThrownBy(() -> start(Disk.system()))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("manifest is missing");
        assertThat(segments("orders")).isNotEmpty();
    }

    @Test
    void namesTheChangedFileOfACheckpointAndThePlace() throws Exception {
        try (TestGateway gateway = start(Disk.system())) {
            publish(gateway, "orders", RECORDS);
        }
        List<Path> files = new ArrayList<>(find("manifest"));
        files.addAll(find("CURRENT"));
        find("MANIFEST-").forEach(files::add);
        files.removeIf(file -> file.toString().contains("state"));
        assertThat(files).hasSizeGreaterThanOrEqualTo(3);
        for (Path file : files) {
            byte[] whole = Files.readAllBytes(file);
            for (int at = 0; at < whole.length; at += Math.max(1, whole.length / 40)) {
                byte[] changed = whole.clone();
                changed[at] ^= 0x10;
                Files.write(file, changed);
                assertThatThrownBy(() -> start(Disk.system()))
                        .as("byte %d of %s", at, file)
                        .isInstanceOf(CorruptDataException.class)
                        .hasMessageContaining(file.toString())
                        .hasMessageContaining("at byte");
            }
            Files.write(file, whole);
        }
        start(Disk.system()).close();
    }

    private TestGateway start(Disk disk) throws IOException {
        return TestGateway.start(
                directory,
                Map.of("durability", "fsync", "checkpoint-bytes", Integer.toString(64 << 10)),
                disk,
                EpochClock.system(),
                NanoClock.system());
    }

    private static void publish(TestGateway gateway, String topic, int count) throws Exception {
        AdapterContext ports = gateway.context();
        Topic target = ports.topics().find(topic).isPresent()
                ? ports.topics().find(topic).get()
                : get(ports.topics().create(new TopicSpec(topic, 1, Map.of())));
        List<CompletionStage<?>> pending = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] value = ("value " + i + " " + "x".repeat(200)).getBytes(UTF_8);
            pending.add(ports.publisher().publish(target, new Record(null, value, 1_000, Headers.EMPTY)));
        }
        for (CompletionStage<?> stage : pending) {
            get(stage);
        }
    }

    private static long end(TestGateway gateway, String topic) {
        AdapterContext ports = gateway.context();
        return ports.fetcher()
                .offsets(ports.topics().find(topic).orElseThrow().partition(0))
                .highWatermark();
    }

    private long journalBytes() throws IOException {
        long bytes = 0;
        for (Path file : find(".journal")) {
            bytes += Files.size(file);
        }
        return bytes;
    }

    private List<Path> segments(String topic) throws IOException {
        return find(".log").stream()
                .filter(file -> file.toString().contains("/" + topic + "-"))
                .toList();
    }

    private List<Path> find(String name) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> Files.isRegularFile(file)
                            && file.getFileName().toString().contains(name))
                    .toList();
        }
    }

    private static void closeCrashed(TestGateway gateway) {
        try {
            gateway.close();
        } catch (IOException expected) {
            assertThat(expected).isNotNull();
        }
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }
}
