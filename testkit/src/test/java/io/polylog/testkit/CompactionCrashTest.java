package io.polylog.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.LogRead;
import io.polylog.broker.RefusedException;
import io.polylog.log.Compacted;
import io.polylog.log.Compaction;
import io.polylog.log.CompactionRules;
import io.polylog.log.LogPosition;
import io.polylog.log.LogSettings;
import io.polylog.log.LogVerification;
import io.polylog.log.PartitionLog;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import io.polylog.record.StoredRecord;
import io.polylog.record.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The power fails at every step of a compaction, and of one that follows it: either the old records are there or the new. */
class CompactionCrashTest {

    private static final CompactionRules ALWAYS = new CompactionRules(0, 0, Long.MAX_VALUE, 1_000_000, 2_000);
    private static final LogSettings SETTINGS = new LogSettings(700, 100);
    private static final int KEYS = 9;

    @TempDir(factory = RamDirectory.class)
    Path root;

    private final long seed = Long.getLong("polylog.seed", new Random().nextLong());
    private final Random random = new Random(seed);

    private FaultyDisk disk;
    private Path directory;
    private PartitionLog log;
    private LogPosition forced = LogPosition.EMPTY;

    /** Key and value of each record, by offset. */
    private final List<String> model = new ArrayList<>();

    @Test
    void theLogIsWholeWhereverThePowerFails() throws Exception {
        boolean finished = false;
        int step = 0;
        while (!finished) {
            begin(++step);
            disk.cutPowerAt(step);
            finished = runsToItsEnd();
            if (!disk.hasPower()) {
                disk.restorePower(random);
                open();
            }
            check(0);
            verify();
            compact();
            check(0);
        }
        assertThat(step).as("steps of a compaction").isGreaterThan(10);
    }

    @Test
    void theSecondCompactionIsAsSafeAsTheFirst() throws Exception {
        boolean finished = false;
        int step = 0;
        while (!finished) {
            begin(1_000 + ++step);
            compact();
            append(30);
            force();
            append(5);
            disk.cutPowerAt(step);
            finished = runsToItsEnd();
            if (!disk.hasPower()) {
                disk.restorePower(random);
                open();
            }
            check(0);
            verify();
        }
        assertThat(step).as("steps of a compaction").isGreaterThan(10);
    }

    @Test
    void recordsThatWentMeanwhileStayAway() throws Exception {
        boolean finished = false;
        int step = 0;
        while (!finished) {
            begin(2_000 + ++step);
            long start = 20 + random.nextInt(20);
            disk.cutPowerAt(step);
            try {
                log.settled(forced.segmentBase());
                Optional<Compaction> due = log.compaction(ALWAYS, 0);
                Compacted made = due.orElseThrow().run(1 << 16, Map.of(), bytes -> {});
                log.advanceLogStart(start);
                log.publish();
                int retired = log.retiredSegments();
                if (log.swap(made)) {
                    log.keep(made);
                } else {
                    log.discard(made);
                }
                log.force();
                log.removeRetired(retired);
                finished = true;
            } catch (IOException | RefusedException crashed) {
                assertThat(disk.hasPower()).as("failed with " + crashed).isFalse();
            }
            disk.cutPower();
            disk.restorePower(random);
            log = PartitionLog.open(
                    disk, directory, new TopicPartition(new UUID(0, 1), "t", 0), SETTINGS, forced, start);
            model.subList((int) forced.endOffset(), model.size()).clear();
            check(start);
        }
    }

    private void begin(int number) throws IOException {
        Path home = root.resolve("run" + number);
        io.polylog.disk.Disk.system().createDirectories(home);
        disk = new FaultyDisk(home);
        directory = home.resolve("partition");
        model.clear();
        forced = LogPosition.EMPTY;
        log = PartitionLog.open(disk, directory, new TopicPartition(new UUID(0, 1), "t", 0), SETTINGS, forced, 0);
        append(60);
        force();
        append(10);
    }

    private void force() throws IOException {
        log.force();
        disk.forceDirectory(directory.getParent());
        forced = log.position();
    }

    /** After a crash: what was not forced is gone, and the history goes on another way. */
    private void open() throws IOException {
        log = PartitionLog.open(disk, directory, new TopicPartition(new UUID(0, 1), "t", 0), SETTINGS, forced, 0);
        model.subList((int) forced.endOffset(), model.size()).clear();
    }

    private boolean runsToItsEnd() throws Exception {
        try {
            compact();
            disk.cutPowerAt(1L << 40); // it was done in fewer steps
            return true;
        } catch (IOException | RefusedException crashed) {
            assertThat(disk.hasPower())
                    .as("seed %d, failed with %s", seed, crashed)
                    .isFalse();
            return false;
        }
    }

    private void compact() throws Exception {
        log.settled(forced.segmentBase());
        Optional<Compaction> due = log.compaction(ALWAYS, 0);
        if (due.isPresent()) {
            Compacted compacted = due.get().run(1 << 16, Map.of(), bytes -> {});
            assertThat(log.swap(compacted)).isTrue();
            log.keep(compacted);
        }
    }

    private void append(int records) throws IOException {
        for (int left = records; left > 0; ) {
            List<Record> batch = new ArrayList<>();
            for (int i = Math.min(left, 1 + random.nextInt(3)); i > 0; i--) {
                String key = "k" + random.nextInt(KEYS);
                String value = "v" + model.size();
                batch.add(new Record(key.getBytes(UTF_8), value.getBytes(UTF_8), model.size(), Headers.EMPTY));
                model.add(key + "=" + value);
                left--;
            }
            RecordBatch encoded = RecordBatch.encode(batch);
            encoded.place(log.endOffset(), 0);
            log.append(encoded);
        }
        log.publish();
    }

    /** Every record that is there is what was written, the last of each key is there, and every offset leads to the end. */
    private void check(long start) throws IOException {
        Map<String, Long> lasts = new HashMap<>();
        for (int offset = (int) start; offset < model.size(); offset++) {
            lasts.put(key(model.get(offset)), (long) offset);
        }
        assertThat(log.offsets().highWatermark()).as("seed %d", seed).isEqualTo(model.size());
        Map<Long, String> found = read(start);
        found.forEach((offset, record) ->
                assertThat(record).as("seed %d, at %d", seed, offset).isEqualTo(model.get((int) (long) offset)));
        assertThat(found.keySet()).as("seed %d", seed).containsAll(lasts.values());
        for (int i = 0; i < 5; i++) {
            long from = start + random.nextInt((int) (model.size() - start));
            assertThat(read(from).keySet())
                    .as("seed %d, from %d", seed, from)
                    .containsAll(found.keySet().stream()
                            .filter(offset -> offset >= from)
                            .toList());
        }
    }

    private static String key(String record) {
        return record.substring(0, record.indexOf('='));
    }

    private Map<Long, String> read(long from) throws IOException {
        Map<Long, String> found = new HashMap<>();
        long next = from;
        while (next < log.offsets().highWatermark()) {
            try (LogRead read = log.read(next, 1 + random.nextInt(500), true)) {
                ByteBuffer bytes = read.slice().toBuffer();
                assertThat(bytes.hasRemaining())
                        .as("seed %d, at %d", seed, next)
                        .isTrue();
                int at = 0;
                while (at < bytes.limit()) {
                    RecordBatch batch = new RecordBatch(bytes.slice(at, RecordBatch.sizeAt(bytes, at)));
                    for (StoredRecord stored : batch.decode()) {
                        found.put(
                                stored.offset(),
                                text(stored.record().key()) + "="
                                        + text(stored.record().value()));
                    }
                    at += batch.sizeInBytes();
                    next = batch.lastOffset() + 1;
                }
            }
        }
        return found;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    private void verify() throws IOException {
        List<String> damage = new ArrayList<>();
        log.force();
        new LogVerification(disk, directory, damage::add).verify(log.position(), 0);
        assertThat(damage).as("seed %d", seed).isEmpty();
    }
}
