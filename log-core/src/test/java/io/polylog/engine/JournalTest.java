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
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

    private static final UUID TOPIC = new UUID(1, 2);

    @TempDir
    Path directory;

    private final Disk disk = Disk.system();

    @Test
    void readsBackEveryCommandAsWritten() throws IOException {
        List<Command<?>> commands = List.of(
                new CreateTopic(TOPIC, "orders", 3, Map.of("cleanup.policy", "compact")),
                new AlterTopic(TOPIC, 4, Map.of()),
                new CreatePartition(TOPIC, "orders", 2),
                new Append(TOPIC, 2, batch("hello")),
                new AllocateProducerIds(1000),
                new DeletePartition(TOPIC, 2),
                new DeleteTopic(TOPIC));
        write(true, List.of(new Entry(3, 1, 0, 1234, commands)));

        List<Entry> read = new ArrayList<>();
        scan(true, read);

        assertThat(read).hasSize(1);
        Entry entry = read.get(0);
        assertThat(entry.group()).isEqualTo(3);
        assertThat(entry.timeMs()).isEqualTo(1234);
        assertThat(entry.commands())
                .filteredOn(command -> !(command instanceof Append))
                .isEqualTo(commands.stream()
                        .filter(command -> !(command instanceof Append))
                        .toList());
        Append append = (Append) entry.commands().get(3);
        assertThat(append.batch().buffer()).isEqualTo(batch("hello").buffer());
    }

    @Test
    void cutsAnUnfinishedWriteOff() throws IOException {
        write(true, List.of(entry(1, "a")), List.of(entry(2, "b")));
        Path file = onlyFile();
        byte[] whole = Files.readAllBytes(file);
        int frame = (whole.length - JournalHeader.BYTES) / 2;
        for (int cut = 1; cut < frame; cut++) {
            Files.write(file, Arrays.copyOf(whole, whole.length - cut));
            List<Entry> read = new ArrayList<>();
            scan(true, read);
            assertThat(read).as("cut %d bytes", cut).hasSize(1);
            assertThat(Files.size(file)).isEqualTo(whole.length - frame);
        }
    }

    @Test
    void continuesAfterACutWithoutLosingWhatFollows() throws IOException {
        write(true, List.of(entry(1, "a")), List.of(entry(2, "b")));
        Path file = onlyFile();
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), (int) Files.size(file) - 1));
        write(true, List.of(entry(2, "c")));

        List<Entry> read = new ArrayList<>();
        scan(true, read);

        assertThat(read).extracting(Entry::index).containsExactly(1L, 2L);
    }

    @Test
    void makesAHalfMadeFileAgain() throws IOException {
        write(true, List.of(entry(1, "a")));
        for (int bytes = 0; bytes < JournalHeader.BYTES; bytes++) {
            Path next = Journal.file(directory, 2 + bytes);
            Files.write(next, new byte[bytes]);

            write(true, List.of(entry(2 + bytes, "b")));

            assertThat(disk.list(directory)).hasSize(2 + bytes).endsWith(next);
        }
        List<Entry> read = new ArrayList<>();
        scan(true, read);
        assertThat(read).hasSize(1 + JournalHeader.BYTES);
    }

    /** As when all before it was checkpointed, on a disk that keeps what it likes. */
    @Test
    void makesAHalfMadeFileAgainThatIsAlone() throws IOException {
        Path alone = Journal.file(directory, 7);
        Files.write(alone, new byte[3]);

        write(false, List.of(entry(1, "a")));

        assertThat(onlyFile()).isEqualTo(alone);
    }

    @Test
    void refusesToStartOverAnyChangedByte() throws IOException {
        write(
                true,
                List.of(entry(1, "a")),
                List.of(entry(2, "b"), entry(3, "c\0".repeat(50)), entry(4, "d")),
                List.of(entry(5, "e"), entry(6, "\0".repeat(1100) + "f")));
        Path file = onlyFile();
        byte[] whole = Files.readAllBytes(file);
        for (int change : new int[] {0x01, 0xFF}) {
            for (int at = 0; at < whole.length; at++) {
                byte[] changed = whole.clone();
                changed[at] ^= (byte) change;
                Files.write(file, changed);
                assertThatThrownBy(() -> scan(true, new ArrayList<>()))
                        .as("byte %d by %x", at, change)
                        .isInstanceOf(CorruptJournalException.class)
                        .hasMessageContaining(file.getFileName().toString())
                        .hasMessageContaining("at byte ");
                assertThat(Files.readAllBytes(file)).as("left as it was").isEqualTo(changed);
            }
        }
    }

    @Test
    void cutsOffAWriteOfWhichTheLastSectorsAreMissing() throws IOException {
        write(true, List.of(entry(1, "a")), List.of(entry(2, "b"), entry(3, "c".repeat(3000))));
        Path file = onlyFile();
        byte[] whole = Files.readAllBytes(file);
        for (int from = 512; from < whole.length; from += 512) {
            byte[] torn = whole.clone();
            Arrays.fill(torn, from, torn.length, (byte) 0);
            Files.write(file, torn);
            List<Entry> read = new ArrayList<>();
            scan(true, read);
            assertThat(read).as("zero from %d", from).extracting(Entry::index).containsExactly(1L, 2L);
        }
    }

    @Test
    void cutsOffAWriteOfWhichASectorIsMissing() throws IOException {
        write(true, List.of(entry(1, "a")), List.of(entry(2, "c".repeat(3000))));
        Path file = onlyFile();
        byte[] whole = Files.readAllBytes(file);
        for (int sector = 512; sector + 512 < whole.length; sector += 512) {
            byte[] torn = whole.clone();
            Arrays.fill(torn, sector, sector + 512, (byte) 0);
            Files.write(file, torn);
            List<Entry> read = new ArrayList<>();
            scan(true, read);
            assertThat(read).as("sector at %d", sector).extracting(Entry::index).containsExactly(1L);
        }
    }

    @Test
    void refusesToCutOffBytesOfWhichNothingIsMissing() throws IOException {
        write(true, List.of(entry(1, "a")), List.of(entry(2, "c".repeat(3000))));
        Path file = onlyFile();
        byte[] changed = Files.readAllBytes(file);
        Arrays.fill(changed, changed.length - 900, changed.length - 300, (byte) 7);
        Files.write(file, changed);

        assertThatThrownBy(() -> scan(true, new ArrayList<>())).isInstanceOf(CorruptJournalException.class);
    }

    @Test
    void tellsWhichFilesNoGroupNeeds() {
        JournalFiles files = new JournalFiles();
        files.begun(1);
        files.holds(1, 0, 1, 10);
        files.holds(1, 3, 7, 10);
        files.begun(2);
        files.holds(2, 3, 8, 10);
        files.begun(3);

        assertThat(files.covered(group -> group == 0 ? 1 : 6)).isEmpty();
        assertThat(files.covered(group -> group == 0 ? 1 : 7)).containsExactly(1L);
        assertThat(files.covered(group -> group == 0 ? 1 : 9)).containsExactly(1L, 2L);
        assertThat(files.firstNeeded(3, 7)).isEqualTo(2);
        assertThat(files.firstNeeded(0, 1)).isEqualTo(Long.MAX_VALUE);
        files.removed(1);
        assertThat(files.bytes()).isEqualTo(10);
    }

    @Test
    void refusesDamageInAFileThatIsNotTheLast() throws IOException {
        write(true, List.of(entry(1, "a")));
        Path first = onlyFile();
        write(true, List.of(entry(2, "b")));
        byte[] changed = Files.readAllBytes(first);
        changed[changed.length - 1] ^= 1;
        Files.write(first, changed);

        assertThatThrownBy(() -> scan(true, new ArrayList<>())).isInstanceOf(CorruptJournalException.class);
    }

    @Test
    void beginsTheNextFileWhenOneIsFull() throws IOException {
        JournalScan.Found found = scan(true, new ArrayList<>());
        try (Journal journal = new Journal(disk, directory, 64, forcing(true), new JournalFiles(), noSpares(), found)) {
            for (int i = 1; i <= 3; i++) {
                journal.write(List.of(entry(i, "x".repeat(100))));
            }
        }
        assertThat(disk.list(directory)).hasSize(3);
        List<Entry> read = new ArrayList<>();
        scan(true, read);
        assertThat(read).extracting(Entry::index).containsExactly(1L, 2L, 3L);
    }

    @Test
    void writesEntriesLargerThanItsBuffer() throws IOException {
        write(true, List.of(entry(1, "small"), entry(2, "x".repeat(3 << 20)), entry(3, "small")));
        List<Entry> read = new ArrayList<>();
        scan(true, read);
        assertThat(read).extracting(Entry::index).containsExactly(1L, 2L, 3L);
    }

    private JournalSpares noSpares() {
        return new JournalSpares(disk, 0, () -> false);
    }

    private static Forcing forcing(boolean on) {
        return new Forcing(on, NanoClock.system(), Meters.none());
    }

    @SafeVarargs
    private void write(boolean forced, List<Entry>... writes) throws IOException {
        JournalScan.Found found = scan(forced, new ArrayList<>());
        try (Journal journal =
                new Journal(disk, directory, 1 << 20, forcing(forced), new JournalFiles(), noSpares(), found)) {
            for (List<Entry> entries : writes) {
                journal.write(entries);
            }
        }
    }

    private JournalScan.Found scan(boolean forced, List<Entry> into) throws IOException {
        return new JournalScan(disk, directory, forced, new JournalFiles(), JournalScan.Tail.CUT)
                .scan(new JournalScan.Visitor() {
                    @Override
                    public boolean wants(int group, long index) {
                        return true;
                    }

                    @Override
                    public void entry(Entry entry) {
                        into.add(entry);
                    }
                });
    }

    private Path onlyFile() throws IOException {
        List<Path> files = disk.list(directory);
        assertThat(files).hasSize(1);
        return files.get(0);
    }

    private static Entry entry(long index, String value) {
        return new Entry(1, index, 0, 1_000, List.of(new Append(TOPIC, 0, batch(value))));
    }

    private static RecordBatch batch(String value) {
        return RecordBatch.encode(List.of(new Record(null, value.getBytes(UTF_8), 5, Headers.EMPTY)));
    }
}
