package io.polylog.testkit;

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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The faults that {@link FaultyDisk} can be told to have. */
class DiskFaultsTest extends OnAFaultyDisk {

    @Test
    void aForceThatIsIgnoredSavesNothing() throws IOException {
        forcedFile("warm-up", "");
        ForceSite ofFile = disk.forceSites().keySet().stream()
                .filter(site -> !site.directory())
                .findFirst()
                .orElseThrow();
        assertThat(ofFile.type()).isEqualTo("OnAFaultyDisk");
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
}
