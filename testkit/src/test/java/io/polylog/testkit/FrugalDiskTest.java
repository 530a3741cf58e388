package io.polylog.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.disk.DiskFile;
import io.polylog.disk.FrugalDisk;
import io.polylog.disk.TooManyOpenFilesException;
import io.polylog.metric.Meters;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many files in use, of which few are open. */
class FrugalDiskTest {

    private static final int MOST_OPEN = 8;

    @TempDir(factory = RamDirectory.class)
    Path root;

    private FaultyDisk below;
    private FrugalDisk disk;

    @BeforeEach
    void openDisk() throws IOException {
        below = new FaultyDisk(root);
        disk = new FrugalDisk(below, MOST_OPEN, Meters.none());
    }

    @Test
    void hasFewFilesOpenHoweverManyAreRead() throws IOException {
        List<DiskFile> files = forcedFiles(100);
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < files.size(); i++) {
                assertThat(text(files.get(i))).isEqualTo("file " + i);
                assertThat(below.openFiles()).isLessThanOrEqualTo(MOST_OPEN);
            }
        }
    }

    @Test
    void keepsOpenWhatIsUsedAgainAndAgain() throws IOException {
        CountedMeters meters = new CountedMeters();
        disk = new FrugalDisk(below, MOST_OPEN, meters);
        List<DiskFile> files = forcedFiles(100);
        text(files.get(0));
        for (DiskFile other : files.subList(1, 100)) {
            text(other);
            Map<String, Long> before = meters.counters("polylog_log_files_reopened_total");
            text(files.get(0));
            assertThat(meters.counters("polylog_log_files_reopened_total")).isEqualTo(before);
        }
    }

    @Test
    void transfersFromAFileThatWasClosed() throws IOException {
        List<DiskFile> files = forcedFiles(100);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long moved = files.get(0).transferTo(5, 100, Channels.newChannel(bytes));
        assertThat(bytes.toString(UTF_8)).isEqualTo("0");
        assertThat(moved).isEqualTo(1);
        assertThat(files.get(0).size()).isEqualTo(6);
    }

    @Test
    void forcesBeforeItClosesWhatWasWritten() throws IOException {
        List<DiskFile> files = writtenFiles(100);
        assertThat(below.openFiles()).isLessThanOrEqualTo(MOST_OPEN);
        for (DiskFile file : files) {
            file.force();
        }
        disk.forceDirectory(root);
        below.crash(new Random(1));
        for (int i = 0; i < files.size(); i++) {
            assertThat(text(below.open(root.resolve(Integer.toString(i))))).isEqualTo("file " + i);
        }
    }

    @Test
    void closesNothingThatCannotBeForced() throws IOException {
        below.failForces(path -> true);
        List<DiskFile> files = writtenFiles(100);
        assertThat(below.openFiles()).isEqualTo(100);
        assertThat(text(files.get(0))).isEqualTo("file 0");
    }

    @Test
    void tellsTheOwnerOfAForceThatFailedForAnother() throws IOException {
        below.failForces(path -> path.endsWith("0"));
        List<DiskFile> files = writtenFiles(100);
        below.failForces(path -> false);
        assertThatThrownBy(() -> files.get(0).force()).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> files.get(0).force()).hasMessageContaining("could not be forced before");
        for (DiskFile file : files.subList(1, files.size())) {
            file.force();
        }
    }

    @Test
    void forcesAgainWhatWasWrittenAfterAForce() throws IOException {
        DiskFile file = forcedFiles(1).get(0);
        long before = below.forces();
        file.force();
        assertThat(below.forces()).isEqualTo(before);
        file.write(ByteBuffer.wrap(new byte[1]), 0);
        file.force();
        file.truncate(0);
        file.force();
        assertThat(below.forces()).isEqualTo(before + 2);
    }

    @Test
    void forcesAgainWhatWasWrittenDuringAForce() throws Exception {
        DiskFile file = writtenFiles(1).get(0);
        below.holdForces(path -> true);
        AtomicReference<IOException> failure = new AtomicReference<>();
        Thread forcing = new Thread(() -> {
            try {
                file.force();
            } catch (IOException failed) {
                failure.set(failed);
            }
        });
        forcing.start();
        Awaitility.await().until(() -> forcing.getState() == Thread.State.WAITING);
        file.write(ByteBuffer.wrap(new byte[1]), 0);
        below.releaseForces();
        forcing.join();
        file.force();
        assertThat(failure.get()).isNull();
        assertThat(below.forces()).isEqualTo(2);
    }

    @Test
    void refusesAFileThatHasTakenTheNameOfAnother() throws IOException {
        List<DiskFile> files = forcedFiles(100);
        Path usurper = root.resolve("usurper");
        below.open(usurper).close();
        below.rename(usurper, root.resolve("0"));
        assertThatThrownBy(() -> text(files.get(0))).hasMessageContaining("another file than before");
        assertThat(below.openFiles()).isLessThanOrEqualTo(MOST_OPEN);
    }

    @Test
    void makesNoFileInPlaceOfOneThatIsGone() throws IOException {
        List<DiskFile> files = forcedFiles(100);
        below.delete(root.resolve("0"));
        assertThatThrownBy(() -> text(files.get(0))).isInstanceOf(NoSuchFileException.class);
        assertThat(below.exists(root.resolve("0"))).isFalse();
    }

    @Test
    void readsOnInAFileThatWasKeptOpenAndDeleted() throws IOException {
        List<DiskFile> files = forcedFiles(100);
        files.get(0).keepOpen();
        disk.delete(root.resolve("0"));
        for (DiskFile file : files.subList(1, 100)) {
            text(file);
        }
        assertThat(text(files.get(0))).isEqualTo("file 0");
        files.get(0).close();
        assertThatThrownBy(() -> text(files.get(0))).isInstanceOf(IOException.class);
    }

    @Test
    void closesOneOfItsOwnWhenTheProcessHasNoMore() throws IOException {
        List<DiskFile> files = forcedFiles(100);
        below.limitOpenFiles(3);
        for (int i = 0; i < files.size(); i++) {
            assertThat(text(files.get(i))).isEqualTo("file " + i);
        }
        below.limitOpenFiles(0);
        assertThatThrownBy(() -> text(files.get(0))).isInstanceOf(TooManyOpenFilesException.class);
        below.limitOpenFiles(1);
        assertThat(text(files.get(0))).isEqualTo("file 0");
    }

    @Test
    void closesWhatIsClosed() throws IOException {
        for (DiskFile file : writtenFiles(MOST_OPEN)) {
            file.close();
            file.close();
        }
        assertThat(below.openFiles()).isZero();
    }

    @Test
    void servesManyThreadsAtOnce() throws IOException {
        List<DiskFile> files = forcedFiles(40);
        List<CompletableFuture<Void>> threads = IntStream.range(0, 8)
                .mapToObj(thread -> CompletableFuture.runAsync(() -> use(files, new Random(thread), thread)))
                .toList();
        CompletableFuture.allOf(threads.toArray(CompletableFuture[]::new)).join();
        assertThat(below.openFiles()).isLessThanOrEqualTo(MOST_OPEN + threads.size());
    }

    /** Thread n alone writes to the files n, n+8, …: 8 bytes behind what every thread reads. */
    private static void use(List<DiskFile> files, Random random, int thread) {
        try {
            for (long i = 0; i < 1500; i++) {
                int read = random.nextInt(files.size());
                assertThat(text(files.get(read))).startsWith("file " + read);
                DiskFile own = files.get(thread + 8 * random.nextInt(files.size() / 8));
                own.write(ByteBuffer.allocate(8).putLong(0, i), 16);
                if (random.nextInt(4) == 0) {
                    own.force();
                }
                ByteBuffer back = ByteBuffer.allocate(8);
                own.read(back, 16);
                assertThat(back.getLong(0)).isEqualTo(i);
            }
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private List<DiskFile> forcedFiles(int count) throws IOException {
        List<DiskFile> files = writtenFiles(count);
        for (DiskFile file : files) {
            file.force();
        }
        return files;
    }

    private List<DiskFile> writtenFiles(int count) throws IOException {
        List<DiskFile> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            DiskFile file = disk.open(root.resolve(Integer.toString(i)));
            file.write(ByteBuffer.wrap(("file " + i).getBytes(UTF_8)), 0);
            files.add(file);
        }
        return files;
    }

    private static String text(DiskFile file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(16);
        int count = file.read(bytes, 0);
        return new String(bytes.array(), 0, count, UTF_8).trim();
    }
}
