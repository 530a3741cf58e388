package io.polylog.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.broker.LogRead;
import io.polylog.disk.Disk;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import io.polylog.record.StoredRecord;
import io.polylog.record.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What compaction keeps of one log, and that it is read as before. */
class CompactionTest {

    private static final CompactionRules ALWAYS = new CompactionRules(0, 0, Long.MAX_VALUE, 1_000, 1 << 20);
    private static final int MAP_BYTES = 1 << 20;

    @TempDir
    Path root;

    private PartitionLog log;
    private Map<Long, Long> lastOffsets = Map.of();
    private long nowMs = 10_000;

    /** Every batch has a segment of its own. */
    @BeforeEach
    void create() throws IOException {
        open(new LogSettings(1, 100), LogPosition.EMPTY);
    }

    private void open(LogSettings settings, LogPosition end) throws IOException {
        log = PartitionLog.open(
                Disk.system(), root.resolve("log"), new TopicPartition(new UUID(1, 2), "t", 0), settings, end, 0);
    }

    private void reopen() throws IOException {
        log.force();
        LogPosition end = log.position();
        log.close();
        open(new LogSettings(1, 100), end);
    }

    @AfterEach
    void close() throws IOException {
        log.close();
    }

    private void append(RecordBatch batch) throws IOException {
        log.append(Batches.placed(batch, log.endOffset(), 0));
        log.publish();
    }

    /** One batch of records: {@code key=value}, {@code key=} for a tombstone, {@code =value} for one without key. */
    private void append(String... records) throws IOException {
        List<Record> encoded = new ArrayList<>();
        for (String record : records) {
            int equals = record.indexOf('=');
            encoded.add(new Record(
                    bytes(record.substring(0, equals)), bytes(record.substring(equals + 1)), 100, Headers.EMPTY));
        }
        append(RecordBatch.encode(encoded));
    }

    private static byte @Nullable [] bytes(String text) {
        return text.isEmpty() ? null : text.getBytes(UTF_8);
    }

    private static RecordBatch transactional(long producerId, String key, String value) {
        MemoryRecordsBuilder builder = MemoryRecords.builder(
                ByteBuffer.allocate(256),
                (byte) 2,
                Compression.NONE,
                TimestampType.CREATE_TIME,
                0L,
                -1L,
                producerId,
                (short) 0,
                0,
                true,
                -1);
        builder.append(new SimpleRecord(100, key.getBytes(UTF_8), value.getBytes(UTF_8)));
        return new RecordBatch(builder.build().buffer());
    }

    private static RecordBatch marker(long producerId, ControlRecordType type) {
        return new RecordBatch(MemoryRecords.withEndTransactionMarker(
                        0, 100, -1, producerId, (short) 0, new EndTransactionMarker(type, 0))
                .buffer());
    }

    /** Closes the last segment, as a checkpoint finds it, and compacts. */
    private boolean compact(CompactionRules rules, int mapBytes) throws IOException, InterruptedException {
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

    private boolean compact() throws IOException, InterruptedException {
        return compact(ALWAYS, MAP_BYTES);
    }

    private List<RecordBatch> batches(long offset) throws IOException {
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
    private List<String> records(long offset) throws IOException {
        List<String> found = new ArrayList<>();
        for (RecordBatch batch : batches(offset)) {
            for (StoredRecord stored : batch.decode()) {
                found.add(stored.offset() + ":" + text(stored.record().key()) + "="
                        + text(stored.record().value()));
            }
        }
        return found;
    }

    private static long offset(String record) {
        return Long.parseLong(record.substring(0, record.indexOf(':')));
    }

    private static String text(byte @Nullable [] bytes) {
        return bytes == null ? "" : new String(bytes, UTF_8);
    }

    @Test
    void keepsTheLastRecordOfEachKeyAtItsOffset() throws Exception {
        append("a=1", "b=1");
        append("a=2");
        append("c=1", "b=2", "a=3");
        append("a=4"); // active: not compacted, and does not count

        assertThat(compact()).isTrue();

        assertThat(records(0)).containsExactly("3:c=1", "4:b=2", "5:a=3", "6:a=4");
        assertThat(compact()).isFalse();
    }

    @Test
    void isReadFromEveryOffsetAndAfterARestart() throws Exception {
        for (int i = 0; i < 50; i++) {
            append("k" + i % 7 + "=" + i, "x=" + i);
        }
        append("end=1");
        compact();
        List<String> all = records(0);

        assertThat(all).hasSize(9);
        for (int start = 0; start < 2; start++) {
            for (long offset = 0; offset < log.endOffset(); offset++) {
                long from = offset;
                // A batch comes whole: clients pass over what lies before the offset that they asked for.
                assertThat(records(offset).stream().filter(record -> offset(record) >= from))
                        .as("from %d", offset)
                        .isEqualTo(all.stream()
                                .filter(record -> offset(record) >= from)
                                .toList());
            }
            reopen();
        }
        assertThat(log.offsetForTime(0)).isPresent();
        assertThat(log.offsetOfMaxTimestamp()).isPresent();
    }

    @Test
    void whereReadersStoppedBeforeIsNotWhereTheyGoOn() throws Exception {
        log.close();
        open(new LogSettings(1_000, 100), LogPosition.EMPTY);
        for (int i = 0; i < 30; i++) {
            append("k" + (i % 3 == 0 ? 0 : i) + "=" + i);
        }
        assertThat(records(0)).hasSize(30); // batch by batch, which leaves hints

        compact();

        for (long offset = 29; offset >= 0; offset--) {
            long from = offset;
            assertThat(records(offset))
                    .as("from %d", offset)
                    .allMatch(record -> offset(record) >= from)
                    .contains("29:k29=29");
        }
    }

    @Test
    void joinsSegmentsAndDeletesTheOldFiles() throws Exception {
        for (int i = 0; i < 20; i++) {
            append("k=" + i);
        }
        LogRead underWay = log.read(0, 1, true);

        compact();

        List<String> files = Disk.system().list(root.resolve("log")).stream()
                .map(file -> file.getFileName().toString())
                .filter(name -> name.endsWith(".log"))
                .sorted()
                .toList();
        assertThat(files).containsExactly("00000000000000000000.1.log", "00000000000000000019.log");
        assertThat(Batches.in(underWay.slice().toBuffer())).hasSize(1);
        underWay.close();
    }

    @Test
    void tombstonesStayAsLongAsTheyShallAndTakeTheirKeysAlong() throws Exception {
        append("a=1");
        append("b=1");
        append("a=");
        append("c=1");
        append("end=1");
        compact();
        assertThat(records(0)).containsExactly("1:b=1", "2:a=", "3:c=1", "4:end=1");

        nowMs += 999;
        append("d=1");
        append("end=2");
        compact();
        assertThat(records(0)).contains("2:a=");
        nowMs += 1;
        append("e=1");
        append("end=3");
        compact();
        assertThat(records(0)).containsExactly("1:b=1", "3:c=1", "5:d=1", "6:end=2", "7:e=1", "8:end=3");
    }

    @Test
    void recordsWithoutKeyGo() throws Exception {
        append("=1", "a=1");
        append("=2");
        append("b=1");
        append("end=1");

        compact();

        assertThat(records(0)).containsExactly("1:a=1", "3:b=1", "4:end=1");
    }

    @Test
    void anEmptyBatchTellsWhereWhatWasCompactedEnds() throws Exception {
        append("a=1");
        append("=1");
        append("end=1");

        compact();

        assertThat(batches(0)).extracting(RecordBatch::lastOffset).containsExactly(0L, 1L, 2L);
        assertThat(batches(0).get(1).recordCount()).isZero();
    }

    @Test
    void theLastBatchOfEachProducerIsKeptThoughItIsEmpty() throws Exception {
        RecordBatch first = transactionless(7, 5, "a");
        append(first);
        append(transactionless(7, 6, "a"));
        append(transactionless(8, 0, "a"));
        append("a=9");
        append("end=1");
        lastOffsets = Map.of(7L, 1L, 8L, 2L);

        compact();

        List<RecordBatch> batches = batches(0);
        assertThat(batches.get(0).producerId()).isEqualTo(7);
        assertThat(batches.get(0).baseSequence()).isEqualTo(6);
        assertThat(batches.get(0).baseOffset()).isEqualTo(1);
        assertThat(batches.get(0).recordCount()).isZero();
        assertThat(batches.get(1).producerId()).isEqualTo(8);
        assertThat(records(0)).containsExactly("3:a=9", "4:end=1");
    }

    private static RecordBatch transactionless(long producerId, int sequence, String key) {
        MemoryRecordsBuilder builder = MemoryRecords.builder(
                ByteBuffer.allocate(256), Compression.NONE, 0L, producerId, (short) 0, sequence, false);
        builder.append(new SimpleRecord(100, key.getBytes(UTF_8), "v".getBytes(UTF_8)));
        return new RecordBatch(builder.build().buffer());
    }

    @Test
    void whatATransactionWroteInVainTakesNobodysPlace() throws Exception {
        append("a=1");
        append(transactional(5, "a", "aborted"));
        append(marker(5, ControlRecordType.ABORT));
        append(transactional(5, "b", "committed"));
        append(marker(5, ControlRecordType.COMMIT));
        append("end=1");

        compact();

        assertThat(records(0)).contains("0:a=1", "3:b=committed");
        assertThat(batches(0)).filteredOn(RecordBatch::isControl).hasSize(2);
    }

    @Test
    void theEndOfATransactionIsFoundBehindWhatIsCompacted() throws Exception {
        append("a=1");
        append(transactional(5, "a", "aborted"));
        append(marker(5, ControlRecordType.ABORT));

        log.settled(2);
        Compacted compacted = log.compaction(ALWAYS, nowMs).orElseThrow().run(MAP_BYTES, Map.of(), bytes -> {});
        log.swap(compacted);
        log.keep(compacted);

        assertThat(records(0)).contains("0:a=1");
    }

    @Test
    void goesOnInFurtherPassesWhenThereAreMoreKeysThanTheMapTakes() throws Exception {
        for (int i = 0; i < 300; i++) {
            append("k" + i % 150 + "=" + i);
        }
        append("end=1");
        int passes = 0;
        while (compact(ALWAYS, 50 * 24)) {
            passes++;
        }

        assertThat(passes).isGreaterThan(4);
        assertThat(records(0))
                .hasSize(151)
                .allMatch(record -> record.startsWith("300") || record.matches("(1[5-9]|2.).:.*"));
        reopen();
        assertThat(records(0)).hasSize(151);
        assertThat(compact()).isFalse();
    }

    @Test
    void waitsForItsTimeAndForEnoughThatIsNew() throws Exception {
        append("a=1");
        append("a=2");
        append("end=1");
        CompactionRules young = new CompactionRules(0, 9_901, Long.MAX_VALUE, 1_000, 1 << 20);
        assertThat(compact(young, MAP_BYTES)).isFalse(); // the records are of 100, it is 10,000
        nowMs++;
        assertThat(compact(young, MAP_BYTES)).isTrue();

        append("a=3");
        append("end=2");
        CompactionRules choosy = new CompactionRules(0.99, 0, Long.MAX_VALUE, 1_000, 1 << 20);
        assertThat(compact(choosy, MAP_BYTES)).isFalse();
        assertThat(compact(new CompactionRules(0.99, 0, 9_900, 1_000, 1 << 20), MAP_BYTES))
                .isTrue();
    }

    @Test
    void segmentsThatACheckpointHasAsOpenAreNotTouched() throws Exception {
        append("a=1");
        append("a=2");
        append("a=3");

        assertThat(log.compaction(ALWAYS, nowMs)).isEmpty();
        log.settled(1);
        Compacted compacted = log.compaction(ALWAYS, nowMs).orElseThrow().run(MAP_BYTES, Map.of(), bytes -> {});

        assertThat(compacted.replacements()).isEmpty();
        assertThat(compacted.cleanedTo()).isEqualTo(1);
    }

    @Test
    void isGivenUpWhenTheSegmentsWentMeanwhile() throws Exception {
        append("a=1");
        append("a=2");
        append("a=3");
        log.settled(2);
        Compacted compacted = log.compaction(ALWAYS, nowMs).orElseThrow().run(MAP_BYTES, Map.of(), bytes -> {});
        log.advanceLogStart(1);
        log.publish();

        assertThat(log.swap(compacted)).isFalse();
        log.discard(compacted);

        assertThat(records(1)).containsExactly("1:a=2", "2:a=3");
        assertThat(Disk.system().list(root.resolve("log")))
                .noneMatch(file -> file.toString().endsWith(".1.log"));
    }

    @Test
    void leavesNothingBehindWhenItIsStopped() throws Exception {
        append("a=1");
        append("a=2");
        append("a=3");
        log.settled(2);
        Compaction due = log.compaction(ALWAYS, nowMs).orElseThrow();

        assertThatThrownBy(() -> due.run(MAP_BYTES, Map.of(), bytes -> {
                    if (bytes > RecordBatch.OVERHEAD) {
                        throw new InterruptedException("stop");
                    }
                }))
                .isInstanceOf(InterruptedException.class);

        assertThat(records(0)).hasSize(3);
        assertThat(Disk.system().list(root.resolve("log")))
                .noneMatch(file -> file.toString().endsWith(".1.log"));
    }
}
