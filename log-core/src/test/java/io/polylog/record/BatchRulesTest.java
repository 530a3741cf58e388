package io.polylog.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.polylog.record.BatchRules.Timestamps;
import io.polylog.record.InvalidBatchException.Reason;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a topic asks of a produced batch beyond that it can be read, and what it makes of it. */
class BatchRulesTest {

    private static final int SIZE = 1 << 20;

    private static ByteBuffer batch(CompressionType type, SimpleRecord... records) {
        return MemoryRecords.withRecords(Compression.of(type).build(), records).buffer();
    }

    private static SimpleRecord at(long timestampMs) {
        return new SimpleRecord(timestampMs, "k".getBytes(UTF_8), "v".getBytes(UTF_8));
    }

    private static InvalidBatchException refusal(ByteBuffer batch, BatchRules rules) {
        return catchThrowableOfType(InvalidBatchException.class, () -> BatchValidator.validate(batch, rules));
    }

    private static BatchRules within(long earliest, long latest) {
        return new BatchRules(SIZE, new Timestamps(earliest, latest), false);
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void namesEveryRecordOutsideTheTimesAllowed(CompressionType type) {
        ByteBuffer batch = batch(type, at(99), at(100), at(-1), at(200), at(201));

        InvalidBatchException refused = refusal(batch, within(100, 200));

        assertThat(refused.reason()).isEqualTo(Reason.INVALID_TIMESTAMP);
        assertThat(refused.faults()).extracting(RecordFault::index).containsExactly(0, 4);
        assertThat(refused.faults().get(0).message()).contains("99").contains("[100, 200]");
    }

    @Test
    void acceptsTimesAtTheEdges() {
        assertThat(BatchValidator.validate(batch(CompressionType.NONE, at(100), at(200)), within(100, 200)))
                .hasSize(1);
    }

    @Test
    void noLimitIsNoLimit() {
        assertThat(Timestamps.around(1_000, Long.MAX_VALUE, Long.MAX_VALUE))
                .isEqualTo(new Timestamps(1_000 - Long.MAX_VALUE, Long.MAX_VALUE));
        assertThat(Timestamps.around(1_000, 10, 20)).isEqualTo(new Timestamps(990, 1_020));
    }

    @Test
    void namesEveryRecordWithoutAKeyWhereKeysAreRequired() {
        ByteBuffer batch = batch(
                CompressionType.LZ4,
                at(1),
                new SimpleRecord(1, "v".getBytes(UTF_8)),
                new SimpleRecord(1, (byte[]) null, null));

        InvalidBatchException refused = refusal(batch, new BatchRules(SIZE, Timestamps.ANY, true));

        assertThat(refused.reason()).isEqualTo(Reason.INVALID_RECORD);
        assertThat(refused.faults()).extracting(RecordFault::index).containsExactly(1, 2);
    }

    @Test
    void tellsOfSoManyFaultsAndNoMore() {
        SimpleRecord[] records = new SimpleRecord[5_000];
        java.util.Arrays.fill(records, at(5));

        InvalidBatchException refused = refusal(batch(CompressionType.NONE, records), within(100, 200));

        assertThat(refused.faults()).hasSize(InvalidBatchException.MAX_FAULTS);
    }

    @Test
    void setsALargestTimeRightThatTheHeaderHasWrong() {
        RecordBatch wrong = new RecordBatch(batch(CompressionType.NONE, at(10), at(30), at(20)));
        wrong.setMaxTimestamp(7);

        RecordBatch valid = BatchValidator.validate(wrong.buffer(), SIZE).get(0).batch();

        assertThat(valid.maxTimestamp()).isEqualTo(30);
        assertThat(valid.hasValidCrc()).isTrue();
    }

    @Test
    void producersMayNotSayThatTheLogSetTheTime() {
        RecordBatch stamped = new RecordBatch(batch(CompressionType.NONE, at(10)));
        stamped.stamp(99);

        assertThat(refusal(stamped.buffer(), BatchRules.ofSize(SIZE)).reason()).isEqualTo(Reason.INVALID_TIMESTAMP);
    }

    @Test
    void aStampedBatchGivesItsTimeToAllRecords() {
        RecordBatch batch = new RecordBatch(batch(CompressionType.GZIP, at(10), at(30)));

        batch.stamp(99);

        assertThat(batch.hasValidCrc()).isTrue();
        assertThat(batch.decode())
                .extracting(stored -> stored.record().timestampMs())
                .containsExactly(99L, 99L);
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void bringsABatchIntoTheCompressionAskedForAndChangesNothingElse(CompressionType from) {
        for (String to : List.of("uncompressed", "gzip", "snappy", "lz4", "zstd")) {
            MemoryRecordsBuilder builder = MemoryRecords.builder(
                    ByteBuffer.allocate(1024),
                    (byte) 2,
                    Compression.of(from).build(),
                    TimestampType.CREATE_TIME,
                    0L,
                    -1L,
                    77L,
                    (short) 3,
                    12,
                    false,
                    -1);
            builder.append(at(10));
            builder.append(new SimpleRecord(20, null, "w".repeat(300).getBytes(UTF_8)));
            RecordBatch batch = new RecordBatch(builder.build().buffer());

            RecordBatch made = BatchCompression.named(to, 3).orElseThrow().of(batch);

            assertThat(made.compressionId()).isEqualTo(to.equals("uncompressed") ? 0 : CompressionType.forName(to).id);
            assertThat(made.hasValidCrc()).isTrue();
            assertThat(made.producerId()).isEqualTo(77);
            assertThat(made.producerEpoch()).isEqualTo((short) 3);
            assertThat(made.baseSequence()).isEqualTo(12);
            assertThat(made.lastSequence()).isEqualTo(13);
            assertThat(made.decode()).usingRecursiveComparison().isEqualTo(batch.decode());
            assertThat(made == batch).isEqualTo(made.compressionId() == batch.compressionId());
        }
        assertThat(BatchCompression.named("producer", 0)).isEmpty();
    }
}
