package io.polylog.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.record.InvalidBatchException.Reason;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchValidatorTest {

    private static final int MAX_BATCH_BYTES = 1 << 20;

    private static ByteBuffer batch(CompressionType type) {
        MemoryRecordsBuilder builder = MemoryRecords.builder(
                ByteBuffer.allocate(4096), Compression.of(type).build(), TimestampType.CREATE_TIME, 0L);
        for (int i = 0; i < 5; i++) {
            builder.append(
                    1000 + i,
                    i == 0 ? null : ("key " + i).getBytes(UTF_8),
                    i == 1 ? null : "value ".repeat(i).getBytes(UTF_8),
                    new RecordHeader[] {new RecordHeader("h", null), new RecordHeader("h", new byte[] {1})});
        }
        return copy(builder.build().buffer());
    }

    private static ByteBuffer copy(ByteBuffer source) {
        ByteBuffer copy = ByteBuffer.allocate(source.remaining());
        copy.put(source.duplicate());
        return copy.flip();
    }

    private static ByteBuffer withRightCrc(ByteBuffer batch) {
        CRC32C crc = new CRC32C();
        crc.update(batch.slice(21, batch.limit() - 21));
        return batch.putInt(17, (int) crc.getValue());
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void acceptsAndDecodesEveryCompression(CompressionType type) {
        List<RecordBatch> batches = BatchValidator.validate(batch(type), MAX_BATCH_BYTES).stream()
                .map(BatchValidator.Valid::batch)
                .toList();

        assertThat(batches).hasSize(1);
        List<StoredRecord> records = batches.get(0).decode();
        assertThat(records).extracting(StoredRecord::offset).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(records.get(0).record().key()).isNull();
        assertThat(records.get(1).record().value()).isNull();
        assertThat(records.get(3).record().value()).asString(UTF_8).isEqualTo("value value value ");
        assertThat(records.get(4).record().timestampMs()).isEqualTo(1004);
        assertThat(records.get(2).record().headers().asList())
                .extracting(Header::value)
                .containsExactly(null, new byte[] {1});
    }

    @Test
    void cutsSeveralBatches() {
        ByteBuffer one = batch(CompressionType.NONE);
        ByteBuffer two = batch(CompressionType.LZ4);
        ByteBuffer both = ByteBuffer.allocate(one.limit() + two.limit())
                .put(one.duplicate())
                .put(two.duplicate())
                .flip();

        assertThat(BatchValidator.validate(both, MAX_BATCH_BYTES))
                .extracting(valid -> valid.batch().sizeInBytes())
                .containsExactly(one.limit(), two.limit());
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void refusesEveryTruncation(CompressionType type) {
        ByteBuffer whole = batch(type);

        for (int length = 0; length < whole.limit(); length++) {
            ByteBuffer cut = whole.duplicate().limit(length);
            assertThatThrownBy(() -> BatchValidator.validate(cut, MAX_BATCH_BYTES))
                    .as("%d of %d bytes", length, whole.limit())
                    .isInstanceOf(InvalidBatchException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void refusesEveryDamagedByteBehindOffsetAndEpoch(CompressionType type) {
        for (int i = 0; i < batch(type).limit(); i++) {
            boolean setByTheLog = i < 8 || (i >= 12 && i < 16);
            for (int bit = 0; bit < 8; bit++) {
                ByteBuffer damaged = batch(type);
                damaged.put(i, (byte) (damaged.get(i) ^ (1 << bit)));
                if (!setByTheLog) {
                    assertThatThrownBy(() -> BatchValidator.validate(damaged, MAX_BATCH_BYTES))
                            .as("byte %d, bit %d", i, bit)
                            .isInstanceOf(InvalidBatchException.class);
                }
            }
        }
    }

    /** A client may sum up nonsense correctly: nothing but a refusal may come of it, or a batch that can be read. */
    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void refusesNonsenseUnderARightCrcOrCanReadIt(CompressionType type) {
        for (int i = 21; i < batch(type).limit(); i++) {
            for (int bit = 0; bit < 8; bit++) {
                ByteBuffer damaged = batch(type);
                damaged.put(i, (byte) (damaged.get(i) ^ (1 << bit)));
                withRightCrc(damaged);
                try {
                    BatchValidator.validate(damaged, MAX_BATCH_BYTES)
                            .forEach(valid -> valid.batch().decode());
                } catch (InvalidBatchException refused) {
                    assertThat(refused.reason()).isNotNull();
                } catch (RuntimeException escaped) {
                    throw new AssertionError("byte " + i + ", bit " + bit, escaped);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = CompressionType.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void refusesADecompressionBomb(CompressionType type) {
        MemoryRecordsBuilder builder = MemoryRecords.builder(
                ByteBuffer.allocate(1 << 20), Compression.of(type).build(), TimestampType.CREATE_TIME, 0L);
        byte[] zeros = new byte[1 << 20];
        for (int i = 0; i <= BatchValidator.MAX_UNCOMPRESSED_BYTES >> 20; i++) {
            builder.append(0L, null, zeros);
        }
        ByteBuffer bomb = builder.build().buffer();

        assertRefused(Reason.TOO_LARGE, () -> BatchValidator.validate(bomb, Integer.MAX_VALUE));
    }

    @Test
    void refusesABatchBeyondTheTopicsLimit() {
        assertRefused(Reason.TOO_LARGE, () -> BatchValidator.validate(batch(CompressionType.NONE), 100));
    }

    @Test
    void refusesOlderFormats() {
        for (byte magic = 0; magic < 2; magic++) {
            ByteBuffer old = batch(CompressionType.NONE).put(16, magic);
            assertRefused(Reason.UNSUPPORTED_FORMAT, () -> BatchValidator.validate(old, MAX_BATCH_BYTES));
        }
    }

    @Test
    void refusesControlBatches() {
        ByteBuffer control = batch(CompressionType.NONE);
        control.putShort(21, (short) 0x20);

        assertRefused(Reason.INVALID_RECORD, () -> BatchValidator.validate(withRightCrc(control), MAX_BATCH_BYTES));
    }

    @Test
    void knowsDamageByTheCrc() {
        ByteBuffer bytes = batch(CompressionType.ZSTD);
        RecordBatch batch = new RecordBatch(bytes);

        assertThat(batch.hasValidCrc()).isTrue();
        batch.place(77, 3);
        assertThat(batch.hasValidCrc()).isTrue();
        bytes.put(70, (byte) (bytes.get(70) ^ 1));
        assertThat(batch.hasValidCrc()).isFalse();
    }

    @Test
    void readsTheHeaderOfAPlacedBatch() {
        RecordBatch batch = new RecordBatch(batch(CompressionType.NONE));
        batch.place(77, 3);

        assertThat(BatchHeader.read(batch.buffer(), 0))
                .isEqualTo(new BatchHeader(
                        77,
                        batch.sizeInBytes(),
                        3,
                        RecordBatch.MAGIC_V2,
                        batch.buffer().getShort(21),
                        4,
                        1004,
                        -1));
    }

    private static void assertRefused(Reason reason, ThrowingCallable action) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(
                        InvalidBatchException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(reason));
    }
}
