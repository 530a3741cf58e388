package io.polylog.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.disk.Disk;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a segment is closed and the next begun: by settings and batches, never by a clock. */
class SegmentRollTest {

    private static final int NO_LIMIT = Integer.MAX_VALUE;

    @TempDir
    Path root;

    private PartitionLog log;

    private void open(LogSettings settings, LogPosition end) throws IOException {
        log = PartitionLog.open(
                Disk.system(), root.resolve("log"), new TopicPartition(new UUID(1, 2), "t", 0), settings, end, 0);
    }

    @AfterEach
    void close() throws IOException {
        log.close();
    }

    private void append(RecordBatch batch) throws IOException {
        log.append(Batches.placed(batch, log.endOffset(), 0));
    }

    private static LogSettings everyMs(long segmentMs, long jitterMs) {
        return new LogSettings(NO_LIMIT, 4096, NO_LIMIT, segmentMs, jitterMs);
    }

    /** Base offsets of the segments that batches of one record at these times fill. */
    private List<Long> bases(long... times) throws IOException {
        List<Long> bases = new ArrayList<>();
        for (long time : times) {
            append(Batches.of(time));
            if (!bases.contains(log.position().segmentBase())) {
                bases.add(log.position().segmentBase());
            }
        }
        return bases;
    }

    @Test
    void rollsWhenABatchIsSoMuchLaterThanTheFirst() throws IOException {
        open(everyMs(100, 0), LogPosition.EMPTY);

        assertThat(bases(1000, 1100, 900, 1101, 1201, 1202)).containsExactly(0L, 3L, 5L);
    }

    @Test
    void knowsTheFirstTimeAfterAStart() throws IOException {
        open(everyMs(100, 0), LogPosition.EMPTY);
        append(Batches.of(1000));
        append(Batches.of(1050));
        log.force();
        LogPosition end = log.position();
        log.close();
        open(everyMs(100, 0), end);

        assertThat(bases(1100, 1101)).containsExactly(0L, 3L);
    }

    @Test
    void batchesWithoutTimeDoNotMakeItRoll() throws IOException {
        open(everyMs(100, 0), LogPosition.EMPTY);

        assertThat(bases(-1, 5000, -1, 9000)).containsExactly(0L);
    }

    @Test
    void jitterBringsItForwardByTheSameOnEveryReplica() throws IOException {
        LogSettings settings = everyMs(100, 50);

        List<Long> lasts = new ArrayList<>();
        for (long base = 0; base < 200; base++) {
            lasts.add(settings.segmentMs(base));
            assertThat(settings.segmentMs(base)).isEqualTo(everyMs(100, 50).segmentMs(base));
        }

        assertThat(lasts).allSatisfy(last -> assertThat(last).isBetween(50L, 100L));
        assertThat(lasts.stream().distinct().count()).isGreaterThan(20);
        open(settings, LogPosition.EMPTY);
        append(Batches.of(1000));
        append(Batches.of(1000 + settings.segmentMs(0)));
        assertThat(log.position().segmentBase()).isZero();
        append(Batches.of(1001 + settings.segmentMs(0)));
        assertThat(log.position().segmentBase()).isEqualTo(2);
    }

    @Test
    void rollsWhenTheIndexIsFull() throws IOException {
        open(new LogSettings(NO_LIMIT, 1, 3, Long.MAX_VALUE, 0), LogPosition.EMPTY);

        // The first batch of a segment needs no entry.
        assertThat(bases(1, 2, 3, 4, 5)).containsExactly(0L, 4L);
    }

    @Test
    void takesUpChangedSettings() throws IOException {
        open(new LogSettings(NO_LIMIT, 4096), LogPosition.EMPTY);
        assertThat(bases(1, 2, 3)).containsExactly(0L);

        log.configure(new LogSettings(100, 4096));

        assertThat(bases(4, 5)).containsExactly(3L, 4L);
    }
}
