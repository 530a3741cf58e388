package io.polylog.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.LogRead;
import io.polylog.disk.Disk;
import io.polylog.record.TopicPartition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of a log may go by age and size, and how it goes. */
class ExpiryTest {

    private static final long ANY_AGE = -1;
    private static final long ANY_SIZE = -1;

    @TempDir
    Path root;

    private PartitionLog log;
    private int segmentBytes;

    /** Segments of two batches, of one record each. */
    @BeforeEach
    void open() throws IOException {
        segmentBytes = 2 * Batches.ofSize(1, 100, 0).sizeInBytes();
        open(LogPosition.EMPTY, 0);
    }

    private void open(LogPosition end, long logStart) throws IOException {
        log = PartitionLog.open(
                Disk.system(),
                root.resolve("log"),
                new TopicPartition(new UUID(1, 2), "t", 0),
                new LogSettings(segmentBytes, 4096),
                end,
                logStart);
    }

    @AfterEach
    void close() throws IOException {
        log.close();
    }

    private void append(long... times) throws IOException {
        for (long time : times) {
            log.append(Batches.placed(Batches.ofSize(1, 100, time), log.endOffset(), 0));
        }
        log.publish();
    }

    private void expire(long offset) throws IOException {
        log.expire(offset);
        log.publish();
    }

    private List<String> files() throws IOException {
        return Disk.system().list(root.resolve("log")).stream()
                .map(file -> file.getFileName().toString())
                .filter(name -> name.endsWith(".log"))
                .map(name -> String.valueOf(Long.parseLong(name.substring(0, 20))))
                .sorted()
                .toList();
    }

    @Test
    void aSegmentIsAsOldAsItsYoungestRecord() throws IOException {
        append(10, 50, 20, 30, 90);

        assertThat(log.expiredEnd(150, 100, ANY_SIZE)).isEmpty();
        assertThat(log.expiredEnd(151, 100, ANY_SIZE)).hasValue(4);
        assertThat(log.expiredEnd(190, 100, ANY_SIZE)).hasValue(4);
        assertThat(log.expiredEnd(191, 100, ANY_SIZE)).hasValue(5);
        assertThat(log.expiredEnd(Long.MAX_VALUE, ANY_AGE, ANY_SIZE)).isEmpty();
    }

    @Test
    void theOldestGoFirstEvenIfYoungerOnesAreOlder() throws IOException {
        append(100, 100, 10, 10);

        assertThat(log.expiredEnd(150, 100, ANY_SIZE)).isEmpty();
        assertThat(log.expiredEnd(201, 100, ANY_SIZE)).hasValue(4);
    }

    @Test
    void recordsWithoutTimeDoNotGrowOld() throws IOException {
        append(-1, -1, -1);

        assertThat(log.expiredEnd(Long.MAX_VALUE, 0, ANY_SIZE)).isEmpty();
    }

    @Test
    void wholeSegmentsGoWhileTheRestIsLargeEnough() throws IOException {
        append(1, 2, 3, 4, 5, 6, 7);
        long half = segmentBytes / 2;

        assertThat(log.expiredEnd(0, ANY_AGE, 7 * half)).isEmpty();
        assertThat(log.expiredEnd(0, ANY_AGE, 6 * half)).isEmpty();
        assertThat(log.expiredEnd(0, ANY_AGE, 5 * half)).hasValue(2);
        assertThat(log.expiredEnd(0, ANY_AGE, half)).hasValue(6);
        assertThat(log.expiredEnd(0, ANY_AGE, 0)).hasValue(7);
    }

    @Test
    void filesStayUntilNobodyCanGoBackToThem() throws IOException {
        append(1, 2, 3, 4, 5);
        log.force();
        LogRead underWay = log.read(0, 10_000, true);

        expire(4);

        assertThat(log.offsets().logStart()).isEqualTo(4);
        assertThat(files()).containsExactly("0", "2", "4");
        log.removeRetired(log.retiredSegments());
        assertThat(files()).containsExactly("4");
        assertThat(Batches.in(underWay.slice().toBuffer())).hasSize(2);
        underWay.close();
    }

    @Test
    void aLogThatIsAllGoneKeepsAnEmptySegmentAtItsEnd() throws IOException {
        append(1, 2, 3);

        expire(3);
        log.force();
        log.removeRetired(log.retiredSegments());

        assertThat(files()).containsExactly("3");
        LogPosition end = log.position();
        assertThat(end).isEqualTo(new LogPosition(3, 0, 3));
        log.close();
        open(end, 3);
        assertThat(log.offsets().logStart()).isEqualTo(3);
        assertThat(log.expiredEnd(Long.MAX_VALUE, 0, 0)).isEmpty();
        append(4);
        assertThat(log.offsets().highWatermark()).isEqualTo(4);
        assertThat(log.offsetOfMaxTimestamp()).isPresent();
    }

    @Test
    void whatClientsDeletedToTheEndGoesFromTheDiskOnceItIsOld() throws IOException {
        append(1, 2, 3);
        log.advanceLogStart(3);
        log.publish();
        log.removeRetired(log.retiredSegments());
        assertThat(files()).containsExactly("2");

        assertThat(log.expiredEnd(1_000, 100, ANY_SIZE)).hasValue(3);
        expire(3);
        log.removeRetired(log.retiredSegments());

        assertThat(files()).containsExactly("3");
    }
}
