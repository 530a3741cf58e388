package io.polylog.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Fetcher.TimedOffset;
import io.polylog.broker.LogRead;
import io.polylog.disk.Disk;
import io.polylog.disk.DiskFile;
import io.polylog.disk.FrugalDisk;
import io.polylog.log.LogPosition;
import io.polylog.log.LogSettings;
import io.polylog.log.PartitionLog;
import io.polylog.metric.Meters;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
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

/**
 * A random program of append, publish, trim, force, crash and reopen on one partition's log, compared with a list of records.
 * Two programs of three have few files open at a time. After a crash the log is given another history than the one that was cut off, as its contract allows.
 */
public final class PartitionLogProgram {

    /** One record as the model knows it. */
    private record Expected(long timestamp, int epoch, ByteBuffer batch, long batchBase) {}

    /** Batches that fill a block of the index when each has an entry. */
    private static final int BURST = 300;

    private final Random random;
    private final LogSettings settings;
    private final FaultyDisk disk;
    private final Path root;
    private final Path directory;
    private final boolean frugal;
    private final List<Expected> model = new ArrayList<>();
    private PartitionLog log;
    private LogPosition forced = LogPosition.EMPTY;
    private LogPosition settled = LogPosition.EMPTY;
    private long forcedStart;
    private int published;
    private int publishedStart;
    private int epoch;

    /**
     * @param disk empty below {@code root}
     */
    public PartitionLogProgram(FaultyDisk disk, Path root, long seed) throws IOException {
        this.random = new Random(seed);
        int[] largest = {8_000, 60_000, 300_000};
        this.settings = new LogSettings(
                500 + random.nextInt(largest[random.nextInt(largest.length)]),
                1 + random.nextInt(random.nextBoolean() ? 1 : 600));
        this.disk = disk;
        this.root = root;
        this.directory = root.resolve("partition");
        this.frugal = random.nextInt(3) > 0;
        this.log = open(forced);
    }

    private PartitionLog open(LogPosition position) throws IOException {
        Disk used = frugal ? new FrugalDisk(disk, 4, Meters.none()) : disk;
        return PartitionLog.open(
                used, directory, new TopicPartition(new UUID(0, 1), "t", 0), settings, position, forcedStart);
    }

    /** Takes so many random steps, and compares at the end. */
    public void run(int steps) throws IOException {
        for (int i = 0; i < steps; i++) {
            step();
        }
        compare();
    }

    private void step() throws IOException {
        switch (random.nextInt(20)) {
            case 0, 1 -> {
                force();
                if (random.nextBoolean()) {
                    settle();
                }
            }
            case 2 -> reopen();
            case 3, 4 -> compare();
            case 5, 6, 7, 8 -> {
                publish();
            }
            case 9 -> epoch += random.nextInt(2);
            case 10 -> {
                // Enough for several blocks of the index.
                for (int i = random.nextInt(100); i >= 0; i--) {
                    append();
                }
            }
            case 11 -> {
                if (random.nextInt(4) == 0) {
                    loseABurst();
                }
            }
            case 12 -> {
                if (random.nextInt(3) == 0) {
                    trim();
                }
            }
            default -> append();
        }
    }

    private void publish() {
        log.publish();
        published = model.size();
        publishedStart = (int) log.logStart();
    }

    private void force() throws IOException {
        int retired = log.retiredSegments();
        log.force();
        disk.forceDirectory(root);
        forced = log.position();
        forcedStart = log.logStart();
        // What was given up before is named by no position that may be gone back to.
        log.removeRetired(retired);
    }

    /** Takes the first records away, as clients do, or as retention does, which lets the last segment go too. */
    private void trim() throws IOException {
        long start =
                log.logStart() + random.nextInt((int) (model.size() - log.logStart()) / (1 + random.nextInt(3)) + 1);
        if (random.nextBoolean()) {
            log.advanceLogStart(start);
        } else {
            log.expire(random.nextInt(4) == 0 ? model.size() : start);
        }
        publish();
    }

    /** So many batches that the index has new blocks, which must not be believed once others stand in their place. */
    private void loseABurst() throws IOException {
        for (int i = 0; i < BURST; i++) {
            append();
        }
        reopen();
        for (int i = random.nextInt(BURST); i >= 0; i--) {
            append();
        }
        force();
        reopen();
    }

    private void append() throws IOException {
        List<Record> records = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            byte[] value = new byte[random.nextInt(random.nextInt(20) == 0 ? 3000 : 50)];
            random.nextBytes(value);
            records.add(new Record(null, value, random.nextInt(2000), Headers.EMPTY));
        }
        RecordBatch batch = RecordBatch.encode(records);
        long base = model.size();
        batch.place(base, epoch);
        log.append(batch);
        for (Record record : records) {
            model.add(new Expected(record.timestampMs(), epoch, batch.buffer(), base));
        }
    }

    /** Time passes: the system writes back what nobody forces, the indexes. */
    private void settle() throws IOException {
        for (Path path : disk.list(directory)) {
            if (path.toString().endsWith(".index")) {
                try (DiskFile index = disk.open(path)) {
                    index.force();
                }
            }
        }
        settled = forced;
    }

    /** Ends with or without a crash, and comes back at what was forced last. */
    private void reopen() throws IOException {
        if (random.nextInt(4) == 0) {
            log.close();
        } else {
            disk.crash(random);
        }
        Map<Path, Long> readBefore = bytesReadOfClosedSegments();
        log = open(forced);
        if (settled.equals(forced)) {
            assertThat(readBefore)
                    .as("bytes of closed segments, read at the start")
                    .containsAllEntriesOf(bytesReadOfClosedSegments());
        }
        model.subList((int) forced.endOffset(), model.size()).clear();
        published = model.size();
        publishedStart = (int) forcedStart;
        assertThat(log.position()).isEqualTo(forced);
        compare();
    }

    private Map<Path, Long> bytesReadOfClosedSegments() throws IOException {
        Map<Path, Long> bytes = new HashMap<>();
        for (Path path : disk.list(directory)) {
            String name = path.getFileName().toString();
            if (name.endsWith(".log") && Long.parseLong(name.substring(0, 20)) < forced.segmentBase()) {
                bytes.put(path, disk.bytesRead(path));
            }
        }
        return bytes;
    }

    private void compare() throws IOException {
        assertThat(log.offsets().highWatermark()).isEqualTo(published);
        assertThat(log.offsets().logStart()).isEqualTo(publishedStart);
        compareBatches();
        comparePoints();
        compareEpochs();
    }

    private void compareBatches() throws IOException {
        long next = publishedStart;
        while (next < published) {
            try (LogRead read = log.read(next, 1 + random.nextInt(5000), true)) {
                ByteBuffer bytes = read.slice().toBuffer();
                assertThat(bytes.hasRemaining()).isTrue();
                while (bytes.hasRemaining()) {
                    // The first batch may begin before the log does.
                    ByteBuffer expected = model.get((int) next).batch();
                    assertThat(bytes.slice(bytes.position(), expected.remaining()))
                            .isEqualTo(expected);
                    bytes.position(bytes.position() + expected.remaining());
                    next = new RecordBatch(expected).lastOffset() + 1;
                }
            }
        }
        assertThat(next).isEqualTo(published);
    }

    private void comparePoints() throws IOException {
        for (int i = 0; i < 5 && published > publishedStart; i++) {
            int offset = publishedStart + random.nextInt(published - publishedStart);
            try (LogRead read = log.read(offset, 0, true)) {
                assertThat(read.slice().toBuffer()).isEqualTo(model.get(offset).batch());
            }
            long timestamp = random.nextInt(2100);
            assertThat(log.offsetForTime(timestamp)).isEqualTo(firstAtOrAfter(timestamp));
        }
        Optional<TimedOffset> largest = model.subList(publishedStart, published).stream()
                .map(Expected::timestamp)
                .max(Long::compare)
                .flatMap(this::firstAtOrAfter);
        assertThat(log.offsetOfMaxTimestamp()).isEqualTo(largest);
    }

    private Optional<TimedOffset> firstAtOrAfter(long timestamp) {
        for (int i = publishedStart; i < published; i++) {
            Expected expected = model.get(i);
            if (expected.timestamp() >= timestamp) {
                return Optional.of(new TimedOffset(i, expected.timestamp(), expected.epoch()));
            }
        }
        return Optional.empty();
    }

    private void compareEpochs() {
        if (published > 0) {
            int asked = model.get(random.nextInt(published)).epoch();
            long end = 0;
            while (end < published && model.get((int) end).epoch() <= asked) {
                end++;
            }
            assertThat(log.endOffsetForEpoch(asked).orElseThrow().endOffset()).isEqualTo(end);
        }
    }
}
