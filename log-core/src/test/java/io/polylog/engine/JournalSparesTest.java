package io.polylog.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.disk.Disk;
import io.polylog.metric.Meters;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import io.polylog.time.NanoClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal file that is written over: the frames that show behind the new ones are as long as those, so they begin where a new one would. */
class JournalSparesTest {

    private static final int FILE_BYTES = 8 << 10;
    private static final int SECTOR_BYTES = 512;

    @TempDir
    private Path directory;

    private final Disk disk = Disk.system();
    private Journal journal;
    private Path file;
    private long index;

    /** Fills one file, and begins the next in its place. */
    @BeforeEach
    void writeOver() throws IOException {
        Path first = Journal.file(directory, 1);
        JournalSpares spares = new JournalSpares(disk, 1, () -> false);
        journal = new Journal(
                disk,
                directory,
                FILE_BYTES,
                new Forcing(true, NanoClock.system(), Meters.none()),
                new JournalFiles(),
                spares,
                new JournalScan.Found(0, 0, 0, 0, 0));
        while (Files.size(first) < FILE_BYTES) {
            write(2);
        }
        spares.keep(first);
        write(2);
        file = Journal.file(directory, 2);
        assertThat(disk.list(directory)).containsExactly(file);
        assertThat(Files.size(file)).isGreaterThanOrEqualTo(FILE_BYTES);
    }

    @AfterEach
    void close() throws IOException {
        journal.close();
    }

    @Test
    void whatIsLeftOfTheOldFileIsNotRead() throws IOException {
        write(1);
        write(3);
        long last = index;

        assertThat(scan()).endsWith(last - 1, last).startsWith(last - 5).hasSize(6);
        assertThat(scan()).as("of what was cut").hasSize(6);
    }

    @Test
    void endsWhereItsFramesDoOnceItIsClosedOrTheNextIsBegun() throws IOException {
        while (disk.list(directory).size() == 1) {
            write(2);
        }
        journal.close();
        List<byte[]> whole = new ArrayList<>();
        for (Path each : disk.list(directory)) {
            whole.add(Files.readAllBytes(each));
        }

        assertThat(scan()).last().isEqualTo(index);

        for (Path each : disk.list(directory)) {
            assertThat(Files.readAllBytes(each)).isEqualTo(whole.remove(0));
        }
    }

    @Test
    void writeThatIsUnfinishedAtAnyByteIsCutOff() throws IOException {
        byte[] before = Files.readAllBytes(file);
        Long[] finished = scanOf(before).toArray(Long[]::new);
        Files.write(file, before);
        write(2);
        byte[] after = Files.readAllBytes(file);
        int end = Arrays.mismatch(reversed(before), reversed(after));
        for (int torn = Arrays.mismatch(before, after); torn < after.length - end; torn++) {
            byte[] image = after.clone();
            System.arraycopy(before, torn, image, torn, before.length - torn);
            assertThat(scanOf(image)).as("written up to byte %d", torn).startsWith(finished);
        }
    }

    @Test
    void writeOfWhichASectorIsUnwrittenIsCutOff() throws IOException {
        byte[] before = Files.readAllBytes(file);
        Long[] finished = scanOf(before).toArray(Long[]::new);
        Files.write(file, before);
        write(4);
        byte[] after = Files.readAllBytes(file);
        for (int sector = 0; sector + SECTOR_BYTES <= after.length; sector += SECTOR_BYTES) {
            byte[] image = after.clone();
            System.arraycopy(before, sector, image, sector, SECTOR_BYTES);
            assertThat(scanOf(image)).as("but for the sector at %d", sector).startsWith(finished);
        }
    }

    @Test
    void refusesToStartOverAnyChangedByteButTheVeryLast() throws IOException {
        write(3);
        byte[] whole = Files.readAllBytes(file);
        int end = end(whole);
        for (int change : new int[] {0x01, 0xFF}) {
            for (int at = 0; at < end - 1; at++) {
                byte[] changed = whole.clone();
                changed[at] ^= (byte) change;
                assertThatThrownBy(() -> scanOf(changed), "byte %d of %d by %x", at, end, change)
                        .isInstanceOf(CorruptJournalException.class);
            }
        }
    }

    @Test
    void fileThatWasOnlyRenamedWasNeverBegun() throws IOException {
        journal.close();
        Path next = Journal.file(directory, 3);
        Files.copy(file, next);

        assertThat(scan()).last().isEqualTo(index);
        assertThat(Files.size(next)).isZero();
    }

    @Test
    void onAFullDiskNoneIsKept() throws IOException {
        Path inUse = Files.createDirectory(directory.resolve("full"));
        boolean[] full = {false};
        JournalSpares spares = new JournalSpares(disk, 2, () -> full[0]);
        spares.keep(Files.createFile(Journal.file(inUse, 1)));
        assertThat(disk.list(inUse)).hasSize(1);
        full[0] = true;
        spares.keep(Files.createFile(Journal.file(inUse, 2)));
        assertThat(disk.list(inUse)).isEmpty();
    }

    @Test
    void takesUpWhatAnEarlierProcessLeftUpToItsNumber() throws IOException {
        Path left = Files.createDirectory(directory.resolve("left"));
        JournalSpares before = new JournalSpares(disk, 3, () -> false);
        for (int number = 1; number <= 4; number++) {
            before.keep(Files.createFile(Journal.file(left, number)));
        }
        assertThat(disk.list(left)).hasSize(3);

        JournalSpares after = new JournalSpares(disk, 1, () -> false);
        after.adopt(left);
        assertThat(disk.list(left)).hasSize(1);
        after.take(Journal.file(left, 9));
        assertThat(disk.list(left)).containsExactly(Journal.file(left, 9));
    }

    // ---- the journal ----------------------------------------------------------------------------------------------

    /** One write of so many frames, each of about 250 bytes. */
    private void write(int frames) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < frames; i++) {
            index++;
            String value = String.format("%010d", index * 7_777_777).repeat(15);
            RecordBatch batch = RecordBatch.encode(List.of(new Record(null, value.getBytes(UTF_8), 5, Headers.EMPTY)));
            entries.add(new Entry(1, index, 0, 1_000 + index, List.of(new Append(new UUID(1, 2), 0, batch))));
        }
        journal.write(entries);
    }

    private List<Long> scanOf(byte[] image) throws IOException {
        Files.write(file, image);
        return scan();
    }

    private List<Long> scan() throws IOException {
        List<Long> indexes = new ArrayList<>();
        new JournalScan(disk, directory, true, new JournalFiles(), JournalScan.Tail.CUT)
                .scan(new JournalScan.Visitor() {
                    @Override
                    public boolean wants(int group, long at) {
                        return true;
                    }

                    @Override
                    public void entry(Entry entry) {
                        indexes.add(entry.index());
                    }
                });
        return indexes;
    }

    /** Where the last new frame ends. */
    private int end(byte[] whole) throws IOException {
        scanOf(whole);
        return Math.toIntExact(Files.size(file));
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }
}
