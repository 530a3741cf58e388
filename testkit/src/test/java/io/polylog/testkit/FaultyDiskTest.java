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
    void namesAreLostFromTheLastUntilTheirDirectoryIsForced() throws IOException {
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
