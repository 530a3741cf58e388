package io.polylog.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.Fetcher.TimedOffset;
import io.polylog.disk.Disk;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.common.record.internal.CompressionType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Look-ups by time, also inside compressed batches and against the order of time. */
class TimeSearchTest {

    @TempDir
    Path root;

    private PartitionLog log;
    private final List<Long> timestamps = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        log = PartitionLog.open(
                Disk.system(),
                root.resolve("log"),
                new TopicPartition(new UUID(1, 2), "t", 0),
                new LogSettings(2000, 100),
                LogPosition.EMPTY,
                0);
    }

    @AfterEach
    void close() throws IOException {
        log.close();
    }

    private void append(CompressionType type, long... times) throws IOException {
        RecordBatch batch = type == CompressionType.NONE ? Batches.of(times) : Batches.compressed(type, times);
        log.append(Batches.placed(batch, log.endOffset(), 0));
        log.publish();
        for (long time : times) {
            timestamps.add(time);
        }
    }

    private Optional<TimedOffset> at(long offset) {
        return Optional.of(new TimedOffset(offset, timestamps.get((int) offset), 0));
    }

    @Test
    void findsTheRecordInsideACompressedBatch() throws IOException {
        append(CompressionType.ZSTD, 100, 300, 200, 300, 400);

        assertThat(log.offsetForTime(0)).isEqualTo(at(0));
        assertThat(log.offsetForTime(150)).isEqualTo(at(1));
        assertThat(log.offsetForTime(301)).isEqualTo(at(4));
        assertThat(log.offsetForTime(401)).isEmpty();
    }

    @Test
    void theLargestIsTheFirstRecordThatHasIt() throws IOException {
        append(CompressionType.LZ4, 5, 9, 9, 1);
        append(CompressionType.GZIP, 9, 2);

        assertThat(log.offsetOfMaxTimestamp()).isEqualTo(at(1));
    }

    @Test
    void nothingIsFoundInAnEmptyLog() throws IOException {
        assertThat(log.offsetOfMaxTimestamp()).isEmpty();
        assertThat(log.offsetForTime(0)).isEmpty();
    }

    @Test
    void whatLiesBeforeTheStartIsNotFoundThoughItsBatchIsThere() throws IOException {
        append(CompressionType.SNAPPY, 50, 900, 60, 70, 70, 10);
        log.advanceLogStart(2);
        log.publish();

        assertThat(log.offsetOfMaxTimestamp()).isEqualTo(at(3));
        assertThat(log.offsetForTime(0)).isEqualTo(at(2));
        assertThat(log.offsetForTime(71)).isEmpty();
    }

    @Test
    void answersAsAModelDoesWhateverTheOrderOfTime() throws IOException {
        Random random = new Random(7);
        CompressionType[] types = CompressionType.values();
        for (int i = 0; i < 300; i++) {
            long[] times = random.longs(1 + random.nextInt(5), 0, 10_000).toArray();
            append(types[random.nextInt(types.length)], times);
        }
        long start = 0;
        for (int i = 0; i < 40; i++) {
            for (int question = 0; question < 20; question++) {
                long asked = random.nextInt(10_100);
                assertThat(log.offsetForTime(asked))
                        .as("at %d from %d", asked, start)
                        .isEqualTo(first(asked, start));
            }
            long largest = timestamps.subList((int) start, timestamps.size()).stream()
                    .max(Long::compare)
                    .orElseThrow();
            assertThat(log.offsetOfMaxTimestamp()).as("from %d", start).isEqualTo(first(largest, start));
            start += random.nextInt(20);
            log.advanceLogStart(start);
            log.publish();
        }
    }

    private Optional<TimedOffset> first(long timestampMs, long start) {
        for (long offset = start; offset < timestamps.size(); offset++) {
            if (timestamps.get((int) offset) >= timestampMs) {
                return at(offset);
            }
        }
        return Optional.empty();
    }
}
