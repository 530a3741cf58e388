package io.polylog.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.polylog.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FaultyDiskTest extends OnAFaultyDisk {

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
    void handlesDieInACrash() throws IOException {
        DiskFile file = disk.open(root.resolve("file"));

        disk.crash(new Random(1));

        assertThatIOException().isThrownBy(() -> file.write(bytes("x"), 0));
        assertThatIOException().isThrownBy(() -> file.read(ByteBuffer.allocate(1), 0));
        assertThatIOException().isThrownBy(file::force);
    }
}
