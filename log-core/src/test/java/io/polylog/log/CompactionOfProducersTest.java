package io.polylog.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;

/** What compaction leaves of producers and their transactions. */
class CompactionOfProducersTest extends CompactedLog {

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
}
