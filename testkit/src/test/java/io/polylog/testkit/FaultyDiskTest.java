package io.polylog.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.polylog.disk.DiskFile;
import io.polylog.disk.NoSpaceException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultyDiskTest {

    @TempDir
    Path root;

    // One generator for all crashes of a test: those of consecutive seeds begin alike.
    private final Random random = new Random(1);
    private FaultyDisk disk;

    @BeforeEach
    void create() throws IOException {
        disk = new FaultyDisk(root);
    }

    private Path forcedFile(String name, String content) throws IOException {
        Path path = root.resolve(name);
        try (DiskFile file = disk.open(path)) {
            file.write(bytes(content), 0);
            file.force();
        }
        disk.forceDirectory(root);
        return path;
    }

    @Test
    void forcedBytesSurviveEveryCrash() throws IOException {
        for (int crash = 0; crash < 50; crash++) {
            Path path = forcedFile("forced-" + crash, "forced");
            try (DiskFile file = disk.open(path)) {
                file.write(bytes("later"), 6);
            }

            disk.crash(random);

            assertThat(Files.readString(path)).as("crash %d", crash).startsWith("forced");
        }
    }

    @Test
    void unforcedBytesSurviveWhollyPartlyOrNotAtAll() throws IOException {
        Set<String> outcomes = new HashSet<>();
        for (int crash = 0; crash < 300; crash++) {
            Path path = forcedFile("file", "");
            try (DiskFile file = disk.open(path)) {
                file.truncate(0);
                file.force();
                file.write(bytes("ab"), 0);
                file.write(bytes("cd"), 2);
            }
            disk.crash(random);
            outcomes.add(Files.readString(path));
        }

        assertThat(outcomes).contains("", "a", "ab", "abc", "abcd", "\0\0cd");
    }

    @Test
    void anUnforcedTruncationMayBeUndone() throws IOException {
        Set<String> outcomes = new HashSet<>();
        for (int crash = 0; crash < 50; crash++) {
            Path path = forcedFile("file", "0123456789");
            try (DiskFile file = disk.open(path)) {
                file.truncate(4);
            }
            disk.crash(random);
            outcomes.add(Files.readString(path));
        }

        assertThat(outcomes).containsExactlyInAnyOrder("0123", "0123456789");
    }

    @Test
    void changesOfOneNameAreLostFromTheLastUntilTheirDirectoryIsForced() throws IOException {
        Set<String> outcomes = new HashSet<>();
        for (int crash = 0; crash < 100; crash++) {
            Path first = forcedFile("first", "1");
            Path second = root.resolve("second");
            disk.rename(first, second);
            disk.open(first).close();
            disk.delete(second);

            disk.crash(random);

            outcomes.add(disk.list(root).stream()
                    .map(path -> path.getFileName().toString())
                    .toList()
                    .toString());
            disk.delete(first);
            disk.delete(second);
            disk.forceDirectory(root);
        }

        assertThat(outcomes).containsExactlyInAnyOrder("[first]", "[second]", "[first, second]");
    }

    @Test
    void aReplacementHappensInOneStep() throws IOException {
        Set<String> outcomes = new HashSet<>();
        for (int crash = 0; crash < 50; crash++) {
            Path target = forcedFile("target", "old");
            Path source = forcedFile("source", "new");
            disk.rename(source, target);

            disk.crash(random);

            outcomes.add(Files.readString(target));
        }

        assertThat(outcomes).containsExactlyInAnyOrder("old", "new");
    }

    @Test
    void someSectorsOfAWriteMaySurviveWithoutTheOthers() throws IOException {
        Set<String> outcomes = new HashSet<>();
        for (int crash = 0; crash < 1000; crash++) {
            Path path = forcedFile("file", "");
            try (DiskFile file = disk.open(path)) {
                file.truncate(0);
                file.force();
                file.write(bytes("a".repeat(512) + "b".repeat(512) + "c"), 0);
            }
            disk.crash(random);
            outcomes.add(Files.readString(path).replaceAll("(.)\\1+", "$1").replace('\0', '_'));
        }

        assertThat(outcomes).contains("", "abc", "_b", "a_c", "_c", "_");
    }

    @Test
    void differentNamesAreLostIndependently() throws IOException {
        Set<String> outcomes = new HashSet<>();
        for (int crash = 0; crash < 100; crash++) {
            Path first = root.resolve("first-" + crash);
            Path second = root.resolve("second-" + crash);
            disk.open(first).close();
            disk.open(second).close();

            disk.crash(random);

            outcomes.add((disk.exists(first) ? "1" : "0") + (disk.exists(second) ? "1" : "0"));
        }

        assertThat(outcomes).containsExactlyInAnyOrder("00", "01", "10", "11");
    }

    @Test
    void aForcedFileIsLostWithTheDirectoryThatNoForceCovers() throws IOException {
        Set<Boolean> outcomes = new HashSet<>();
        for (int crash = 0; crash < 50; crash++) {
            Path directory = root.resolve("directory-" + crash);
            disk.createDirectories(directory);
            try (DiskFile file = disk.open(directory.resolve("file"))) {
                file.write(bytes("forced"), 0);
                file.force();
            }
            disk.forceDirectory(directory);

            disk.crash(random);

            outcomes.add(disk.exists(directory.resolve("file")));
        }

        assertThat(outcomes).containsExactlyInAnyOrder(true, false);
    }

    @Test
    void whatWasUnforcedInADirectoryStaysUnforcedWhenThatIsRenamed() throws IOException {
        Set<String> outcomes = new HashSet<>();
        for (int crash = 0; crash < 100; crash++) {
            Path before = root.resolve("before");
            Path after = root.resolve("after");
            disk.createDirectories(before);
            disk.forceDirectory(root);
            disk.open(before.resolve("file")).close();
            disk.rename(before, after);

            disk.crash(random);

            outcomes.add(
                    disk.exists(before)
                            ? "before" + disk.list(before).size()
                            : "after" + disk.list(after).size());
            disk.delete(before);
            disk.delete(after);
            disk.forceDirectory(root);
        }

        assertThat(outcomes).containsExactlyInAnyOrder("before0", "before1", "after0", "after1");
    }

    @Test
    void aDeletedDirectoryComesBackWithWhatNativeCodePutIntoIt() throws IOException {
        Set<String> outcomes = new HashSet<>();
        for (int crash = 0; crash < 100; crash++) {
            Path store = root.resolve("store");
            disk.createDirectories(store);
            Files.createDirectories(store.resolve("native"));
            Files.writeString(store.resolve("native/data"), "x");
            disk.forceDirectory(store);
            disk.forceDirectory(root);
            disk.delete(store);
            disk.createDirectories(store);

            disk.crash(random);

            outcomes.add(disk.exists(store.resolve("native/data")) ? "old" : disk.exists(store) ? "new" : "none");
            disk.delete(store);
            disk.forceDirectory(root);
        }

        assertThat(outcomes).containsExactlyInAnyOrder("old", "new", "none");
    }

    @Test
    void whatNativeCodeMakesIsUnsureUntilItsDirectoryIsForced() throws IOException {
        Set<String> outcomes = new HashSet<>();
        for (int crash = 0; crash < 100; crash++) {
            Path store = root.resolve("store-" + crash);
            disk.createDirectories(store);
            disk.forceDirectory(root);
            Files.createDirectories(store.resolve("forced"));
            Files.writeString(store.resolve("forced/data"), "x");
            disk.forceDirectory(store);
            Files.createDirectories(store.resolve("later"));
            Files.writeString(store.resolve("later/data"), "x");

            disk.crash(random);

            assertThat(store.resolve("forced/data")).exists();
            Path later = store.resolve("later");
            outcomes.add(Files.exists(later) ? disk.list(later).isEmpty() ? "empty" : "whole" : "none");
        }

        assertThat(outcomes).containsExactlyInAnyOrder("whole", "empty", "none");
    }

    @Test
    void aLaterForceDoesNotVouchForWhatAFailedOneLeft() throws IOException {
        Set<String> outcomes = new HashSet<>();
        for (int crash = 0; crash < 100; crash++) {
            Path path = forcedFile("file-" + crash, "");
            try (DiskFile file = disk.open(path)) {
                file.write(bytes("a"), 0);
                disk.failForce(1);
                assertThatIOException().isThrownBy(file::force);
                file.write(bytes("b"), 1);
                file.force();
            }
            disk.crash(random);
            outcomes.add(Files.readString(path));
        }

        assertThat(outcomes).containsExactlyInAnyOrder("ab", "\0b");
    }

    @Test
    void everyStepCanBeTheLast() throws IOException {
        Path path = root.resolve("file");
        long steps = stepsOf(path);
        assertThat(steps).isEqualTo(7);
        for (int last = 1; last <= steps; last++) {
            disk.cutPowerAt(last);

            assertThatIOException().as("step %d", last).isThrownBy(() -> stepsOf(path));

            assertThat(disk.hasPower()).isFalse();
            assertThatIOException().isThrownBy(() -> disk.open(path));
            assertThatIOException().isThrownBy(() -> disk.list(root));
            disk.restorePower(random);
            disk.delete(path);
            disk.delete(root.resolve("renamed"));
            disk.forceDirectory(root);
        }
        assertThat(stepsOf(path)).isEqualTo(steps);
    }

    private long stepsOf(Path path) throws IOException {
        long before = disk.steps();
        try (DiskFile file = disk.open(path)) {
            file.write(bytes("abc"), 0);
            file.truncate(1);
            file.force();
        }
        disk.rename(path, root.resolve("renamed"));
        disk.forceDirectory(root);
        disk.delete(root.resolve("renamed"));
        return disk.steps() - before;
    }

    @Test
    void aForceThatIsIgnoredSavesNothing() throws IOException {
        forcedFile("warm-up", "");
        ForceSite ofFile = disk.forceSites().keySet().stream()
                .filter(site -> !site.directory())
                .findFirst()
                .orElseThrow();
        assertThat(ofFile.type()).isEqualTo("FaultyDiskTest");
        assertThat(ofFile.method()).isEqualTo("forcedFile");
        disk.ignoreForces(ofFile);
        Set<String> outcomes = new HashSet<>();
        for (int crash = 0; crash < 50; crash++) {
            Path path = forcedFile("forced-" + crash, "x");

            disk.crash(random);

            outcomes.add(Files.readString(path));
        }

        assertThat(outcomes).contains("x", "");
    }

    @Test
    void handlesDieInACrash() throws IOException {
        DiskFile file = disk.open(root.resolve("file"));

        disk.crash(new Random(1));

        assertThatIOException().isThrownBy(() -> file.write(bytes("x"), 0));
        assertThatIOException().isThrownBy(() -> file.read(ByteBuffer.allocate(1), 0));
        assertThatIOException().isThrownBy(file::force);
    }

    @Test
    void failsTheChosenWriteAndForce() throws IOException {
        DiskFile file = disk.open(root.resolve("file"));
        disk.failWrite(2);
        disk.failForce(1);

        file.write(bytes("a"), 0);

        assertThatIOException().isThrownBy(() -> file.write(bytes("b"), 1));
        assertThatIOException().isThrownBy(file::force);
        file.force();
        assertThat(disk.writes()).isEqualTo(2);
        assertThat(disk.forces()).isEqualTo(2);
    }

    @Test
    void runsOutOfSpace() throws IOException {
        DiskFile file = disk.open(root.resolve("file"));
        disk.limitSpace(3);

        file.write(bytes("ab"), 0);

        assertThatExceptionOfType(NoSpaceException.class).isThrownBy(() -> file.write(bytes("cd"), 2));
        assertThatExceptionOfType(NoSpaceException.class).isThrownBy(() -> disk.open(root.resolve("another")));
        assertThat(file.size()).isEqualTo(3);
        file.write(bytes("xyz"), 0); // takes no more than it has
        assertThat(disk.space(root).usable()).isZero();
        file.truncate(1);
        assertThat(disk.space(root).usable()).isEqualTo(2);
        disk.delete(root.resolve("file"));
        assertThat(disk.space(root).usable()).isEqualTo(3);
    }

    @Test
    void failsOpeningsRenamesCutsAndReads() throws IOException {
        Path path = forcedFile("file", "content");
        DiskFile file = disk.open(path);
        disk.failOpen(1);
        disk.failRename(1);
        disk.failTruncate(1);
        disk.failReads(path::equals);

        assertThatIOException().isThrownBy(() -> disk.open(path));
        assertThatIOException().isThrownBy(() -> disk.rename(path, root.resolve("other")));
        assertThatIOException().isThrownBy(() -> file.truncate(0));
        assertThatIOException().isThrownBy(() -> file.read(ByteBuffer.allocate(1), 0));
        assertThatIOException()
                .isThrownBy(() -> file.transferTo(0, 1, Channels.newChannel(new ByteArrayOutputStream())));
        disk.failReads(none -> false);
        assertThat(file.read(ByteBuffer.allocate(7), 0)).isEqualTo(7);
        assertThat(Files.readString(path)).isEqualTo("content");
    }

    @Test
    void holdsForcesUntilReleasedWhileOthersGoOn() throws Exception {
        DiskFile slow = disk.open(root.resolve("slow"));
        DiskFile quick = disk.open(root.resolve("quick"));
        disk.holdForces(root.resolve("slow")::equals);
        CompletableFuture<Void> forcing = CompletableFuture.runAsync(() -> {
            try {
                slow.force();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        });

        quick.write(bytes("x"), 0);
        quick.force();

        assertThat(forcing).isNotDone();
        disk.releaseForces();
        forcing.get(60, TimeUnit.SECONDS);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }
}
