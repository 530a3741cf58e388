package io.polylog.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.LogRead;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.disk.Disk;
import io.polylog.record.TopicPartition;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes that changed on disk are found when they are read, and named; never given out, by a file transfer neither. */
class SegmentDamageTest {

    private static final TopicPartition PARTITION = new TopicPartition(new UUID(1, 2), "orders", 0);
    private static final LogSettings SETTINGS = new LogSettings(600, 100);
    private static final int BATCHES = 18;

    @TempDir
    Path root;

    private Path directory;
    private LogPosition end;
    private byte[] whole;

    @BeforeEach
    void write() throws IOException {
        directory = root.resolve("orders-0");
        try (PartitionLog log = open(LogPosition.EMPTY)) {
            for (int i = 0; i < BATCHES; i++) {
                log.append(Batches.placed(Batches.of(1000 + i, 2000 + i), log.endOffset(), 0));
            }
            log.publish();
            log.force();
            end = log.position();
            whole = readAll(log);
        }
    }

    @Test
    void namesTheSegmentAndThePlaceOfEveryChangedByte() throws IOException {
        List<Path> segments = files(".log");
        assertThat(segments).hasSizeGreaterThan(2);
        for (Path segment : segments) {
            byte[] good = Files.readAllBytes(segment);
            for (int at = 0; at < good.length; at++) {
                byte[] changed = good.clone();
                changed[at] ^= 0x40;
                Files.write(segment, changed);
                assertDamageIsTold(segment, at);
            }
            Files.write(segment, good);
        }
        try (PartitionLog log = open(end)) {
            assertThat(readAll(log)).isEqualTo(whole);
        }
    }

    private void assertDamageIsTold(Path segment, int at) throws IOException {
        byte[] read = {};
        try (PartitionLog log = open(end)) {
            read = readAll(log);
        } catch (RefusedException told) {
            assertThat(told.refusal()).as("byte %d of %s", at, segment).isEqualTo(Refusal.STORAGE_FAILED);
            assertThat(told).hasMessageContaining(segment.toString()).hasMessageContaining("at byte");
            return;
        }
        assertThat(read)
                .as("bytes given out though byte %d of %s changed", at, segment)
                .isEmpty();
    }

    @Test
    void readsRightInSpiteOfAnyChangedByteOfAnIndex() throws IOException {
        for (Path index : files(".index")) {
            byte[] good = Files.readAllBytes(index);
            for (int at = 0; at < good.length; at += at < 64 ? 1 : 97) {
                byte[] changed = good.clone();
                changed[at] ^= 0x40;
                Files.write(index, changed);
                try (PartitionLog log = open(end)) {
                    assertThat(readAll(log)).as("byte %d of %s", at, index).isEqualTo(whole);
                }
                Files.write(index, good);
            }
        }
    }

    @Test
    void startsAtTheLogStartAndKeepsRetiredSegmentsUntilTheyAreRemoved() throws IOException {
        int segments = files(".log").size();
        try (PartitionLog log = open(end)) {
            log.advanceLogStart(15);
            log.publish();
            assertThat(log.offsets().logStart()).isEqualTo(15);
            assertThat(files(".log")).hasSize(segments);
            assertThat(log.retiredSegments()).isPositive();
            log.removeRetired(log.retiredSegments());
            assertThat(files(".log")).hasSizeLessThan(segments);
        }
        try (PartitionLog log = PartitionLog.open(Disk.system(), directory, PARTITION, SETTINGS, end, 25)) {
            assertThat(log.offsets().logStart()).isEqualTo(25);
            assertThat(log.offsetForTime(0).orElseThrow().offset()).isEqualTo(25);
            assertThat(files(".log")).hasSize(1);
        }
    }

    private PartitionLog open(LogPosition position) throws IOException {
        return PartitionLog.open(Disk.system(), directory, PARTITION, SETTINGS, position, 0);
    }

    private List<Path> files(String suffix) throws IOException {
        return Disk.system().list(directory).stream()
                .filter(file -> file.toString().endsWith(suffix))
                .toList();
    }

    /** As a Kafka consumer gets it: by transfer. */
    private static byte[] readAll(PartitionLog log) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long offset = log.offsets().logStart();
        while (offset < log.offsets().highWatermark()) {
            try (LogRead read = log.read(offset, 300, true)) {
                int size = read.slice().sizeInBytes();
                for (int at = 0; at < size; ) {
                    at += (int) read.slice().transferTo(Channels.newChannel(bytes), at, size - at);
                }
                List<io.polylog.record.RecordBatch> batches =
                        Batches.in(read.slice().toBuffer());
                offset = batches.get(batches.size() - 1).lastOffset() + 1;
            }
        }
        return bytes.toByteArray();
    }
}
