package io.polylog.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Fetcher.TimedOffset;
import io.polylog.broker.LogRead;
import io.polylog.log.LogPosition;
import io.polylog.log.LogSettings;
import io.polylog.log.PartitionLog;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random programs of append, publish, force, crash and reopen, compared with a list of records. */
class PartitionLogProgramTest {

    /** More of them find more: {@code -Dpolylog.programs}. */
    private static final int PROGRAMS = Integer.getInteger("polylog.programs", 60);

    private static final int STEPS = 150;

    @TempDir
    Path root;

    /** The seeds of this run; {@code -Dpolylog.seed} replays one. */
    static LongStream seeds() {
        Long chosen = Long.getLong("polylog.seed");
        return chosen != null ? LongStream.of(chosen) : new Random().longs(PROGRAMS);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void agreesWithAList(long seed) throws IOException {
        Program program = new Program(seed);
        for (int step = 0; step < STEPS; step++) {
            program.step();
        }
        program.compare();
    }

    /** One record as the model knows it. */
    private record Expected(long timestamp, int epoch, ByteBuffer batch, long batchBase) {}

    private final class Program {

        private final Random random;
        private final LogSettings settings;
        private final FaultyDisk disk;
        private final Path directory = root.resolve("partition");
        private final List<Expected> model = new ArrayList<>();
        private PartitionLog log;
        private LogPosition forced = LogPosition.EMPTY;
        private int published;
        private int epoch;

        Program(long seed) throws IOException {
            this.random = new Random(seed);
            this.settings = new LogSettings(
                    500 + random.nextInt(random.nextBoolean() ? 8_000 : 60_000),
                    1 + random.nextInt(random.nextBoolean() ? 1 : 600));
            this.disk = new FaultyDisk(root);
            this.log = open(forced);
        }

        private PartitionLog open(LogPosition position) throws IOException {
            return PartitionLog.open(
                    disk, directory, new TopicPartition(new UUID(0, 1), "t", 0), settings, position, 0);
        }

        void step() throws IOException {
            switch (random.nextInt(20)) {
                case 0, 1 -> {
                    log.force();
                    forced = log.position();
                }
                case 2 -> reopen();
                case 3, 4 -> compare();
                case 5, 6, 7, 8 -> {
                    log.publish();
                    published = model.size();
                }
                case 9 -> epoch += random.nextInt(2);
                case 10 -> {
                    // Enough for several blocks of the index.
                    for (int i = random.nextInt(100); i >= 0; i--) {
                        append();
                    }
                }
                default -> append();
            }
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

        /** Ends with or without a crash, and comes back at what was forced last. */
        private void reopen() throws IOException {
            if (random.nextInt(4) == 0) {
                log.close();
            } else {
                disk.crash(random);
            }
            log = open(forced);
            model.subList((int) forced.endOffset(), model.size()).clear();
            published = model.size();
            assertThat(log.position()).isEqualTo(forced);
            compare();
        }

        private void compare() throws IOException {
            assertThat(log.offsets().highWatermark()).isEqualTo(published);
            compareBatches();
            comparePoints();
            compareEpochs();
        }

        private void compareBatches() throws IOException {
            long next = 0;
            while (next < published) {
                try (LogRead read = log.read(next, 1 + random.nextInt(5000), true)) {
                    ByteBuffer bytes = read.slice().toBuffer();
                    assertThat(bytes.hasRemaining()).isTrue();
                    while (bytes.hasRemaining()) {
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
            for (int i = 0; i < 5 && published > 0; i++) {
                int offset = random.nextInt(published);
                try (LogRead read = log.read(offset, 0, true)) {
                    assertThat(read.slice().toBuffer())
                            .isEqualTo(model.get(offset).batch());
                }
                long timestamp = random.nextInt(2100);
                assertThat(log.offsetForTime(timestamp)).isEqualTo(firstAtOrAfter(timestamp));
            }
            Optional<TimedOffset> largest = model.subList(0, published).stream()
                    .map(Expected::timestamp)
                    .max(Long::compare)
                    .flatMap(this::firstAtOrAfter);
            assertThat(log.offsetOfMaxTimestamp()).isEqualTo(largest);
        }

        private Optional<TimedOffset> firstAtOrAfter(long timestamp) {
            for (int i = 0; i < published; i++) {
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
                assertThat(log.endOffsetForEpoch(asked).orElseThrow().endOffset())
                        .isEqualTo(end);
            }
        }
    }
}
