package io.polylog.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;
import org.apache.kafka.common.utils.internals.CloseableIterator;

/**
 * The compression that a topic wants its batches to have, whatever their producer chose ({@code compression.type}). Not for
 * event loops: a batch may unfold to many times its size. Stateless; any thread.
 */
public final class BatchCompression {

    private final Compression compression;

    private BatchCompression(Compression compression) {
        this.compression = compression;
    }

    /**
     * @param name Kafka's: {@code producer}, {@code uncompressed}, {@code gzip}, {@code snappy}, {@code lz4}, {@code zstd}
     * @param level of the codec, as Kafka counts it; those that know no levels pass over it
     * @return empty for {@code producer}: each batch stays as it is
     */
    public static Optional<BatchCompression> named(String name, int level) {
        Compression compression = switch (name) {
            case "producer" -> null;
            case "uncompressed" -> Compression.NONE;
            case "gzip" -> Compression.gzip().level(level).build();
            case "lz4" -> Compression.lz4().level(level).build();
            case "zstd" -> Compression.zstd().level(level).build();
            default -> Compression.of(name).build();
        };
        return Optional.ofNullable(compression).map(BatchCompression::new);
    }

    /**
     * The batch in this compression: the same one if it has it, else one with the same records, producer and sequence.
     *
     * @param batch has passed {@link BatchValidator}
     */
    public RecordBatch of(RecordBatch batch) {
        if (batch.compressionId() == compression.type().id) {
            return batch;
        }
        DefaultRecordBatch source = batch.kafkaBatch();
        int firstGuess = batch.sizeInBytes() * (compression.type() == CompressionType.NONE ? 2 : 1);
        try (ByteBufferOutputStream bytes = new ByteBufferOutputStream(firstGuess)) {
            MemoryRecordsBuilder builder = new MemoryRecordsBuilder(
                    bytes,
                    RecordBatch.MAGIC_V2,
                    compression,
                    TimestampType.CREATE_TIME,
                    source.baseOffset(),
                    RecordBatch.NO_TIMESTAMP,
                    source.producerId(),
                    source.producerEpoch(),
                    source.baseSequence(),
                    source.isTransactional(),
                    source.isControlBatch(),
                    source.partitionLeaderEpoch(),
                    Integer.MAX_VALUE);
            try (CloseableIterator<org.apache.kafka.common.record.internal.Record> records =
                    source.streamingIterator(UnfoldingBuffers.ofThisThread())) {
                records.forEachRemaining(record -> builder.appendWithOffset(record.offset(), record));
            }
            ByteBuffer written = builder.build().buffer();
            return new RecordBatch(written);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed); // nothing here is on a disk
        } catch (KafkaException unreadable) {
            throw new InvalidBatchException(
                    InvalidBatchException.Reason.CORRUPT, "unreadable records: " + unreadable.getMessage());
        }
    }
}
