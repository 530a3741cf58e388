package io.polylog.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.broker.LogRead;
import io.polylog.disk.Disk;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import io.polylog.record.StoredRecord;
import io.polylog.record.TopicPartition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A log that is compacted when a test says so, and short ways to write and read it. */
abstract class CompactedLog {

    static final CompactionRules ALWAYS = new CompactionRules(0, 0, Long.MAX_VALUE, 1_000, 1 << 20);
    static final int MAP_BYTES = 1 << 20;

    @TempDir
    Path root;

    PartitionLog log;
    Map<Long, Long> lastOffsets = Map.of();
    long nowMs = 10_000;

    /** Every batch has a segment of its own. */
    @BeforeEach
    void create() throws IOException {
        open(new LogSettings(1, 100), LogPosition.EMPTY);
    }

    void open(LogSettings settings, LogPosition end) throws IOException {
        log = PartitionLog.open(
                Disk.system(), root.resolve("log"), new TopicPartition(new UUID(1, 2), "t", 0), settings, end, 0);
    }

    void reopen() throws IOException {
        log.force();
        LogPosition end = log.position();
        log.close();
        open(new LogSettings(1, 100), end);
    }

    @AfterEach
    void close() throws IOException {
        log.close();
    }

    void append(RecordBatch batch) throws IOException {
        log.append(Batches.placed(batch, log.endOffset(), 0));
        log.publish();
    }

    /** One batch of records: {@code key=value}, {@code key=} for a tombstone, {@code =value} for one without key. */
    void append(String... records) throws IOException {
        List<Record> encoded = new ArrayList<>();
        for (String record : records) {
            int equals = record.indexOf('=');
            encoded.add(new Record(
                    bytes(record.substring(0, equals)), bytes(record.substring(equals + 1)), 100, Headers.EMPTY));
        }
        append(RecordBatch.encode(encoded));
    }

    static byte @Nullable [] bytes(String text) {
        return text.isEmpty() ? null : text.getBytes(UTF_8);
    }

    /** Closes the last segment, as a checkpoint finds it, and compacts. */
    boolean compact(CompactionRules rules, int mapBytes) throws IOException, InterruptedException {
        log.settled(log.activeBase());
        Optional<Compaction> due = log.compaction(rules, nowMs);
        if (due.isEmpty()) {
            return false;
        }
        Compacted compacted = due.get().run(mapBytes, lastOffsets, bytes -> {});
        assertThat(log.swap(compacted)).isTrue();
        log.keep(compacted);
        return true;
    }

    boolean compact() throws IOException, InterruptedException {
        return compact(ALWAYS, MAP_BYTES);
    }

    List<RecordBatch> batches(long offset) throws IOException {
        List<RecordBatch> found = new ArrayList<>();
        long next = offset;
        while (next < log.offsets().highWatermark()) {
            try (LogRead read = log.read(next, 1, true)) {
                List<RecordBatch> some = Batches.in(read.slice().toBuffer());
                assertThat(some).as("at %d", next).isNotEmpty();
                found.addAll(some);
                next = some.get(some.size() - 1).lastOffset() + 1;
            }
        }
        return found;
    }

    /** All records from an offset on, as {@code offset:key=value}. */
    List<String> records(long offset) throws IOException {
        List<String> found = new ArrayList<>();
        for (RecordBatch batch : batches(offset)) {
            for (StoredRecord stored : batch.decode()) {
                found.add(stored.offset() + ":" + text(stored.record().key()) + "="
                        + text(stored.record().value()));
            }
        }
        return found;
    }

    static long offset(String record) {
        return Long.parseLong(record.substring(0, record.indexOf(':')));
    }

    static String text(byte @Nullable [] bytes) {
        return bytes == null ? "" : new String(bytes, UTF_8);
    }
}
