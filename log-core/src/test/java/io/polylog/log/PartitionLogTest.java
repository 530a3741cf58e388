package io.polylog.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.broker.Fetcher.TimedOffset;
import io.polylog.broker.LogRead;
import io.polylog.broker.LogSlice;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.disk.Disk;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.record.internal.CompressionType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PartitionLogTest {

    private static final TopicPartition PARTITION = new TopicPartition(new UUID(1, 2), "orders", 0);
    private static final LogSettings SMALL = new LogSettings(2000, 300);

    @TempDir
    Path root;

    private Path directory;
    private PartitionLog log;

    @BeforeEach
    void create() throws IOException {
        directory = root.resolve("orders-0");
        open(SMALL, LogPosition.EMPTY);
    }

    @AfterEach
    void close() throws IOException {
        log.close();
    }

    private void open(LogSettings settings, LogPosition end) throws IOException {
        log = PartitionLog.open(Disk.system(), directory, PARTITION, settings, end, 0);
    }

    private void append(RecordBatch batch) throws IOException {
        append(batch, 0);
    }

    private void append(RecordBatch batch, int epoch) throws IOException {
        log.append(Batches.placed(batch, log.endOffset(), epoch));
    }

    /** 100 batches of three records each, timestamps 1000, 1001, … by batch. */
    private void fill() throws IOException {
        for (int i = 0; i < 100; i++) {
            append(Batches.ofSize(3, 20, 1000 + i));
        }
        log.publish();
    }

    private List<RecordBatch> batches(long offset, int maxBytes, boolean atLeastOne) throws IOException {
        try (LogRead read = log.read(offset, maxBytes, atLeastOne)) {
            return Batches.in(read.slice().toBuffer());
        }
    }

    @Test
    void showsOnlyWhatWasPublished() throws IOException {
        append(Batches.of(1, 2));
        log.publish();
        append(Batches.of(3));

        assertThat(log.offsets().highWatermark()).isEqualTo(2);
        assertThat(batches(0, Integer.MAX_VALUE, true)).hasSize(1);
        assertThat(batches(2, Integer.MAX_VALUE, true)).isEmpty();
        assertThat(log.endOffset()).isEqualTo(3);
    }

    @Test
    void readsEveryOffsetFromTheBatchThatContainsIt() throws IOException {
        fill();

        for (long offset = 0; offset < 300; offset++) {
            List<RecordBatch> found = batches(offset, 1, true);
            assertThat(found).as("at offset %d", offset).hasSize(1);
            assertThat(found.get(0).baseOffset()).isEqualTo(offset / 3 * 3);
        }
    }

    @Test
    void bytesReadNeverExceedTheBoundNorCutABatch() throws IOException {
        fill();
        int size = batches(0, 1, true).get(0).sizeInBytes();

        for (long offset = 0; offset < 300; offset += 7) {
            for (int batches = 0; batches < 5; batches++) {
                List<RecordBatch> found = batches(offset, batches * size + 5, false);
                assertThat(found).as("%d batches from %d", batches, offset).hasSizeLessThanOrEqualTo(batches);
                assertThat(found.isEmpty()).isEqualTo(batches == 0);
            }
        }
    }

    @Test
    void aSequentialReaderSeesEveryBatchOnce() throws IOException {
        fill();
        List<Long> bases = new ArrayList<>();

        long offset = 0;
        while (offset < log.offsets().highWatermark()) {
            for (RecordBatch batch : batches(offset, 500, true)) {
                bases.add(batch.baseOffset());
                offset = batch.lastOffset() + 1;
            }
        }

        assertThat(bases).hasSize(100).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void refusesOffsetsOutsideTheLog() throws IOException {
        fill();

        assertRefused(Refusal.OFFSET_OUT_OF_RANGE, () -> log.read(-1, 100, true));
        assertRefused(Refusal.OFFSET_OUT_OF_RANGE, () -> log.read(301, 100, true));
    }

    @Test
    void rollsToNextSegmentWhenFull() throws IOException {
        fill();

        List<Path> files = Disk.system().list(directory);
        assertThat(files)
                .hasSizeGreaterThan(4)
                .allSatisfy(file -> assertThat(Files.size(file)).isLessThanOrEqualTo(4096));
        assertThat(files).contains(directory.resolve("00000000000000000000.log"));
        assertThat(log.position().bytePosition()).isLessThanOrEqualTo(2000);
    }

    @Test
    void givesABatchLargerThanASegmentOneOfItsOwn() throws IOException {
        append(Batches.of(1));
        append(Batches.ofSize(1, 5000, 2));
        append(Batches.of(3));
        log.publish();

        assertThat(batches(1, 10, true)).hasSize(1);
        assertThat(log.position().segmentBase()).isEqualTo(2);
    }

    @Test
    void refusesABatchThatDoesNotStandAtTheEnd() {
        RecordBatch batch = Batches.placed(Batches.of(1), 5, 0);

        assertThatIllegalStateException().isThrownBy(() -> log.append(batch)).withMessageContaining("5");
    }

    @Test
    void refusesASecondWriter() throws IOException {
        append(Batches.of(1));

        CompletableFuture<Void> other = CompletableFuture.runAsync(log::publish);

        assertThatThrownBy(other::join).hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void sliceKnowsHowManyRecordsItHas() throws IOException {
        fill();

        for (int offset = 0; offset < 300; offset += 2) {
            for (int maxBytes : List.of(1, 150, 500, 1700, 100_000)) {
                try (LogRead read = log.read(offset, maxBytes, true)) {
                    assertThat(read.slice().offsetCount())
                            .as("from %d, %d bytes", offset, maxBytes)
                            .isEqualTo(Batches.in(read.slice().toBuffer()).stream()
                                    .mapToLong(RecordBatch::recordCount)
                                    .sum());
                }
            }
        }
        try (LogRead nothing = log.read(300, 1000, true)) {
            assertThat(nothing.slice().offsetCount()).isZero();
        }
    }

    @Test
    void transfersTheSameBytesAsItCopies() throws IOException {
        fill();

        try (LogRead read = log.read(6, 900, true)) {
            LogSlice slice = read.slice();
            ByteArrayOutputStream target = new ByteArrayOutputStream();
            long moved = slice.transferTo(Channels.newChannel(target), 0, 100);
            moved += slice.transferTo(Channels.newChannel(target), moved, slice.sizeInBytes() - moved);

            assertThat(moved).isEqualTo(slice.sizeInBytes());
            assertThat(ByteBuffer.wrap(target.toByteArray())).isEqualTo(slice.toBuffer());
        }
    }

    @Test
    void slicesOutliveDeletion() throws IOException {
        fill();
        LogRead read = log.read(0, 500, true);

        log.delete();

        assertThat(directory).doesNotExist();
        assertThat(Batches.in(read.slice().toBuffer())).isNotEmpty();
        read.close();
        assertRefused(Refusal.CLOSED, () -> log.read(0, 500, true));
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void findsTimesInsideBatches(CompressionType type) throws IOException {
        append(Batches.compressed(type, 100, 300, 200));
        append(Batches.compressed(type, 150, 400), 1);
        log.publish();

        assertThat(log.offsetForTime(0)).hasValue(new TimedOffset(0, 100, 0));
        assertThat(log.offsetForTime(101)).hasValue(new TimedOffset(1, 300, 0));
        assertThat(log.offsetForTime(301)).hasValue(new TimedOffset(4, 400, 1));
        assertThat(log.offsetForTime(401)).isEmpty();
        assertThat(log.offsetOfMaxTimestamp()).hasValue(new TimedOffset(4, 400, 1));
    }

    @Test
    void findsTimesAcrossSegments() throws IOException {
        fill();

        for (int i = 0; i < 100; i++) {
            assertThat(log.offsetForTime(1000 + i)).hasValue(new TimedOffset(3L * i, 1000 + i, 0));
        }
    }

    @Test
    void findsTheFirstOfSeveralLargestTimestamps() throws IOException {
        append(Batches.of(5, 9, 1));
        append(Batches.of(9));
        log.publish();

        assertThat(log.offsetOfMaxTimestamp()).hasValue(new TimedOffset(1, 9, 0));
    }

    @Test
    void findsNoTimeInAnEmptyLog() {
        assertThat(log.offsetForTime(0)).isEmpty();
        assertThat(log.offsetOfMaxTimestamp()).isEmpty();
    }

    @Test
    void tellsWhereLeaderEpochsEnd() throws IOException {
        append(Batches.of(1), 2);
        append(Batches.of(1, 1), 5);
        append(Batches.of(1), 5);
        log.publish();

        assertThat(log.endOffsetForEpoch(1)).hasValue(new EpochEnd(1, 0));
        assertThat(log.endOffsetForEpoch(2)).hasValue(new EpochEnd(2, 1));
        assertThat(log.endOffsetForEpoch(4)).hasValue(new EpochEnd(2, 1));
        assertThat(log.endOffsetForEpoch(5)).hasValue(new EpochEnd(5, 4));
        assertThat(log.endOffsetForEpoch(6)).isEmpty();
        assertThat(log.offsets().leaderEpoch()).isEqualTo(5);
    }

    @Test
    void reopensAtARecordedPosition() throws IOException {
        fill();
        LogPosition recorded = log.position();
        log.force();
        fill();
        log.close();

        open(SMALL, recorded);

        assertThat(log.position()).isEqualTo(recorded);
        assertThat(log.offsets().highWatermark()).isEqualTo(300);
        assertThat(log.offsetForTime(1099)).hasValue(new TimedOffset(297, 1099, 0));
        fill();
        assertThat(batches(450, 1, true).get(0).baseOffset()).isEqualTo(450);
    }

    @Test
    void rebuildsLostIndexesAndDamagedEpochs() throws IOException {
        append(Batches.of(1), 3);
        append(Batches.of(1), 4);
        for (int i = 0; i < 200; i++) {
            append(Batches.ofSize(1, 200, i), 4);
        }
        LogPosition recorded = log.position();
        log.force();
        log.close();
        for (Path file : Disk.system().list(directory)) {
            if (file.toString().endsWith(".index")) {
                Files.delete(file);
            }
        }
        Files.write(directory.resolve("leader-epochs"), new byte[30]);

        open(SMALL, recorded);

        assertThat(log.endOffsetForEpoch(3)).hasValue(new EpochEnd(3, 1));
        assertThat(batches(100, 1, true).get(0).baseOffset()).isEqualTo(100);
        assertThat(directory.resolve("00000000000000000000.index")).exists();
    }

    @Test
    void hasNoFileOfEpochsWhileThereIsOnlyTheFirst() throws IOException {
        fill();
        LogPosition recorded = log.position();
        log.force();
        log.close();
        assertThat(directory.resolve("leader-epochs")).doesNotExist();

        open(SMALL, recorded);

        assertThat(log.endOffsetForEpoch(0)).hasValue(new EpochEnd(0, 300));
        append(Batches.of(1), 2);
        log.force();
        recorded = log.position();
        log.close();
        open(SMALL, recorded);
        assertThat(directory.resolve("leader-epochs")).exists();
        assertThat(log.endOffsetForEpoch(0)).hasValue(new EpochEnd(0, 300));
        assertThat(log.endOffsetForEpoch(2)).hasValue(new EpochEnd(2, 301));
    }

    @Test
    void forgetsEpochsOfAHistoryThatWasCutOff() throws IOException {
        append(Batches.of(1), 0);
        LogPosition recorded = log.position();
        append(Batches.of(1), 1);
        log.force();
        log.close();
        open(SMALL, recorded);
        fill();
        log.force();
        recorded = log.position();
        log.close();

        open(SMALL, recorded);

        assertThat(log.endOffsetForEpoch(1)).isEmpty();
        assertThat(log.endOffsetForEpoch(0)).hasValue(new EpochEnd(0, 301));
    }

    @Test
    void survivesDamagedIndexBlocks() throws IOException {
        open(new LogSettings(1 << 20, 100), LogPosition.EMPTY);
        for (int i = 0; i < 5000; i++) {
            append(Batches.ofSize(1, 200, i));
        }
        append(Batches.ofSize(1, 1 << 20, 5000));
        LogPosition recorded = log.position();
        log.force();
        log.close();
        Path index = directory.resolve("00000000000000000000.index");
        byte[] content = Files.readAllBytes(index);
        content[3 * SegmentIndex.BLOCK_BYTES + 100] ^= 1;
        Files.write(index, content);

        open(new LogSettings(1 << 20, 100), recorded);

        for (long offset = 0; offset < 3500; offset += 13) {
            assertThat(batches(offset, 1, true).get(0).baseOffset()).isEqualTo(offset);
            assertThat(log.offsetForTime(offset)).hasValue(new TimedOffset(offset, offset, 0));
        }
    }

    @Test
    void beginsAnewAtTheEmptyPosition() throws IOException {
        fill();
        log.close();

        open(SMALL, LogPosition.EMPTY);

        assertThat(log.offsets().highWatermark()).isZero();
        assertThat(Disk.system().list(directory)).hasSize(1);
    }

    @Test
    void refusesToOpenWhenForcedBytesAreMissing() throws IOException {
        fill();
        LogPosition end = log.position();
        log.close();
        LogPosition beyond = new LogPosition(end.segmentBase(), end.bytePosition() + 1, end.endOffset());

        assertRefused(Refusal.STORAGE_FAILED, () -> open(SMALL, beyond));
    }

    @Test
    void neverDecodesADamagedBatchOfAClosedSegment() throws IOException {
        fill();
        LogPosition end = log.position();
        log.close();
        Path first = directory.resolve("00000000000000000000.log");
        byte[] intact = Files.readAllBytes(first);
        open(SMALL, end);
        List<RecordBatch> expected = batches(0, intact.length, true);

        for (int i = 0; i < intact.length; i++) {
            byte[] damaged = intact.clone();
            damaged[i] ^= 0x40;
            Files.write(first, damaged);
            try {
                List<RecordBatch> found = batches(0, intact.length, true);
                // Only the leader epoch is neither under the CRC nor known to the reader.
                assertThat(found).as("byte %d", i).hasSameSizeAs(expected);
                for (int b = 0; b < found.size(); b++) {
                    assertThat(found.get(b).baseOffset())
                            .isEqualTo(expected.get(b).baseOffset());
                    assertThat(found.get(b).buffer().position(16))
                            .isEqualTo(expected.get(b).buffer().position(16));
                }
            } catch (RefusedException refused) {
                assertThat(refused.refusal()).isEqualTo(Refusal.STORAGE_FAILED);
                assertThat(refused).hasMessageContaining(first.toString()).hasMessageContaining("at byte");
            }
        }
    }

    @Test
    void readersNeverSeeHalfABatchWhileItGrows() throws Exception {
        open(new LogSettings(20_000, 300), LogPosition.EMPTY);
        AtomicBoolean done = new AtomicBoolean();
        List<CompletableFuture<Long>> readers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            readers.add(CompletableFuture.supplyAsync(() -> readToTheEnd(done)));
        }

        for (int i = 0; i < 20_000; i++) {
            append(Batches.ofSize(1 + i % 3, 30, i));
            if (i % 3 == 0) {
                log.publish();
            }
        }
        log.publish();
        done.set(true);

        for (CompletableFuture<Long> reader : readers) {
            assertThat(reader.get()).isEqualTo(log.endOffset());
        }
    }

    private long readToTheEnd(AtomicBoolean done) {
        long next = 0;
        try {
            boolean last;
            do {
                last = done.get();
                List<RecordBatch> found = batches(next, 2000, true);
                while (!found.isEmpty()) {
                    for (RecordBatch batch : found) {
                        assertThat(batch.baseOffset()).isEqualTo(next);
                        next = batch.lastOffset() + 1;
                    }
                    log.offsetForTime(next / 2);
                    found = batches(next, 2000, true);
                }
            } while (!last);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
        return next;
    }

    private static void assertRefused(Refusal refusal, org.assertj.core.api.ThrowableAssert.ThrowingCallable action) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.refusal()).isEqualTo(refusal));
    }
}
