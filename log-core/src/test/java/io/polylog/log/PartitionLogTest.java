package io.polylog.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.broker.Fetcher.TimedOffset;
import io.polylog.broker.LogRead;
import io.polylog.broker.LogSlice;
import io.polylog.broker.Refusal;
import io.polylog.disk.Disk;
import io.polylog.record.RecordBatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.record.internal.CompressionType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PartitionLogTest extends LogOnDisk {

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
}
