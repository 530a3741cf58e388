package io.polylog.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.broker.Topic;
import io.polylog.broker.TopicSpec;
import io.polylog.config.Settings;
import io.polylog.disk.Disk;
import io.polylog.engine.Verification;
import io.polylog.node.DataCheck;
import io.polylog.node.DataDirectoryException;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.spi.AdapterContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The check of a stopped gateway's data finds a changed byte wherever it lies, names it, and mends nothing. */
class DataCheckTest {

    private static final int PLACES_OF_A_FILE = 12;

    @TempDir
    Path directory;

    private Settings settings() {
        return Settings.of(Map.of("data-dir", directory.toString(), "durability", "fsync"));
    }

    @Test
    void findsEveryChangedByteAndNamesTheFile() throws Exception {
        fill();
        List<String> damage = new ArrayList<>();
        Verification.Report clean = DataCheck.run(settings(), Disk.system(), damage::add);
        assertThat(damage).isEmpty();
        assertThat(clean.partitions()).isEqualTo(2);
        assertThat(clean.segments()).isGreaterThan(2);
        assertThat(clean.entries()).isPositive();
        Map<Path, Long> before = sizes();

        for (Path file : files()) {
            byte[] whole = Files.readAllBytes(file);
            for (int place = 0; place < PLACES_OF_A_FILE; place++) {
                int at = place * whole.length / PLACES_OF_A_FILE;
                byte[] changed = whole.clone();
                changed[at] ^= 0x04;
                Files.write(file, changed);
                damage.clear();
                Verification.Report report = DataCheck.run(settings(), Disk.system(), damage::add);
                assertThat(report.damaged()).as("byte %d of %s", at, file).isPositive();
                assertThat(damage)
                        .as("byte %d of %s", at, file)
                        .anyMatch(line -> line.contains(file.toString()) && line.contains("at byte "));
            }
            Files.write(file, whole);
        }
        assertThat(sizes()).isEqualTo(before);
        try (TestGateway gateway = TestGateway.start(directory)) {
            assertThat(gateway.failure()).isNull();
        }
    }

    @Test
    void refusesADirectoryThatIsInUseOrHoldsNothing() throws Exception {
        assertThatThrownBy(() -> DataCheck.run(settings(), Disk.system(), damage -> {}))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("there is no data in");
        assertThat(directory).isEmptyDirectory();
        try (TestGateway gateway = TestGateway.start(directory)) {
            assertThat(gateway.failure()).isNull();
            assertThatThrownBy(() -> DataCheck.run(settings(), Disk.system(), damage -> {}))
                    .isInstanceOf(DataDirectoryException.class)
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void refusesToStartWhereTheMarkOfTheDirectoryIsLost() throws Exception {
        fill();
        Files.delete(directory.resolve("polylog.properties"));

        assertThatThrownBy(() -> TestGateway.start(directory))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("has lost polylog.properties");
    }

    /** A checkpoint, entries beyond it, closed segments with indexes; stopped as by a crash of the process. */
    private void fill() throws Exception {
        Map<String, String> settings =
                Map.of("durability", "fsync", "segment-bytes", "8192", "checkpoint-interval-ms", "3600000");
        Path crashed = directory.resolveSibling("crashed");
        TestGateway gateway = TestGateway.start(directory, settings);
        Topic orders = get(gateway.context().topics().create(new TopicSpec("orders", 2, Map.of())));
        publish(gateway.context(), orders, 100);
        assertThat(gateway.checkpoint()).isTrue();
        publish(gateway.context(), orders, 20);
        copy(directory, crashed);
        gateway.close();
        Disk.system().delete(directory);
        Disk.system().rename(crashed, directory);
    }

    private static void publish(AdapterContext ports, Topic topic, int count) {
        List<CompletionStage<?>> pending = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] value = ("value " + i + " " + "x".repeat(300)).getBytes(UTF_8);
            pending.add(ports.publisher()
                    .publish(topic.partition(i % 2), new Record(null, value, 1_000 + i, Headers.EMPTY)));
        }
        pending.forEach(DataCheckTest::get);
    }

    /** What a start would believe: the live stores, the lock and whatever lies beyond the checkpoint are not. */
    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> file.toString().contains("checkpoints/")
                            || file.toString().endsWith("manifest")
                            || file.toString().endsWith(".journal")
                            || isCheckpointedSegment(file))
                    .filter(file -> file.toFile().length() > 16)
                    .toList();
        }
    }

    /** The active segment may have bytes beyond the checkpoint; those before it are closed. */
    private static boolean isCheckpointedSegment(Path file) {
        return file.toString().endsWith("00000000000000000000.log")
                || file.toString().endsWith("00000000000000000000.index");
    }

    private Map<Path, Long> sizes() throws IOException {
        Map<Path, Long> sizes = new TreeMap<>();
        for (Path file : files()) {
            sizes.put(file, Files.size(file));
        }
        return sizes;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        }
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }
}
