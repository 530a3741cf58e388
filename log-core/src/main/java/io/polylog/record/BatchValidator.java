package io.polylog.record;

import io.polylog.record.InvalidBatchException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;

/**
 * Walks a produced batch once, as Kafka's own validator does: magic, CRC, lengths, counts, offsets. Compressed batches
 * are decompressed bit by bit, never beyond {@link #MAX_UNCOMPRESSED_BYTES}; so the caller should not be an event loop. Any thread.
 */
public final class BatchValidator {

    /** Most bytes a compressed batch may unfold to: 64 MiB. */
    public static final int MAX_UNCOMPRESSED_BYTES = 64 << 20;

    /**
     * A batch that has passed.
     *
     * @param reserved whether a record has a header whose name begins with {@code polylog-}, which may ask for something
     */
    public record Valid(RecordBatch batch, boolean reserved) {}

    private BatchValidator() {}

    /**
     * Cuts a produce request's bytes into batches and checks each.
     *
     * @param records one or more whole batches
     * @param maxBatchBytes the topic's {@code max.message.bytes}
     * @throws InvalidBatchException for the first fault found
     */
    public static List<Valid> validate(ByteBuffer records, int maxBatchBytes) {
        return validate(records, BatchRules.ofSize(maxBatchBytes));
    }

    /**
     * Cuts a produce request's bytes into batches and checks each against the rules of its topic. A largest timestamp in a
     * batch's header that is not its records' is set right, as Kafka does, since look-ups by time trust it.
     *
     * @param records one or more whole batches; writable
     * @throws InvalidBatchException for the first fault found; for all faults that lie in single records of a batch
     */
    public static List<Valid> validate(ByteBuffer records, BatchRules rules) {
        int maxBatchBytes = rules.maxBatchBytes();
        List<Valid> batches = new ArrayList<>(1);
        ByteBuffer rest = records.slice();
        while (rest.hasRemaining()) {
            if (rest.remaining() < RecordBatch.LOG_OVERHEAD + 5) {
                throw corrupt("truncated record batch header");
            }
            byte magic = rest.get(16);
            if (magic != 2) {
                throw new InvalidBatchException(
                        magic < 2 && magic >= 0 ? Reason.UNSUPPORTED_FORMAT : Reason.CORRUPT,
                        "record format " + magic + "; only format 2 is accepted");
            }
            long length = (long) rest.getInt(8) + RecordBatch.LOG_OVERHEAD;
            if (length < RecordBatch.OVERHEAD || length > rest.remaining()) {
                throw corrupt("record batch length " + length + " with " + rest.remaining() + " bytes at hand");
            }
            if (length > maxBatchBytes) {
                throw new InvalidBatchException(
                        Reason.TOO_LARGE, "record batch of " + length + " bytes; at most " + maxBatchBytes);
            }
            RecordBatch batch = new RecordBatch(rest.slice(0, (int) length));
            batches.add(new Valid(batch, check(batch, rules)));
            rest.position((int) length);
            rest = rest.slice();
        }
        if (batches.isEmpty()) {
            throw new InvalidBatchException(Reason.INVALID_RECORD, "no record batch");
        }
        return batches;
    }

    private static boolean check(RecordBatch batch, BatchRules rules) {
        DefaultRecordBatch kafkaBatch = batch.kafkaBatch();
        if (!kafkaBatch.isValid()) {
            throw corrupt("record batch fails its CRC");
        }
        int count = batch.recordCount();
        if (count < 1 || batch.lastOffsetDelta() != count - 1) {
            throw new InvalidBatchException(
                    Reason.INVALID_RECORD,
                    "record batch of " + count + " records with last offset delta " + batch.lastOffsetDelta());
        }
        if (batch.isControl()) {
            throw new InvalidBatchException(Reason.INVALID_RECORD, "clients may not write control batches");
        }
        if (batch.hasProducerId() && (batch.producerEpoch() < 0 || batch.baseSequence() < 0)) {
            throw new InvalidBatchException(Reason.INVALID_RECORD, "producer id without epoch and sequence");
        }
        if (!batch.hasProducerId() && batch.isTransactional()) {
            throw new InvalidBatchException(Reason.INVALID_RECORD, "transactional batch without producer id");
        }
        if (batch.usesLogAppendTime()) {
            throw new InvalidBatchException(
                    Reason.INVALID_TIMESTAMP,
                    "Invalid timestamp type in message. Producer should not set timestamp type to LogAppendTime.");
        }
        if (batch.compressionId() == CompressionType.SNAPPY.id) {
            SnappyFrames.check(batch.buffer().position(RecordBatch.OVERHEAD), MAX_UNCOMPRESSED_BYTES);
        }
        RecordWalk walk = batch.isCompressed()
                ? checkCompressed(kafkaBatch, count, rules)
                : checked(RecordInput.of(batch.buffer().position(RecordBatch.OVERHEAD)), kafkaBatch, count, rules);
        if (walk.maxTimestamp() != batch.maxTimestamp()) {
            batch.setMaxTimestamp(walk.maxTimestamp());
        }
        return walk.reserved();
    }

    private static RecordWalk checked(RecordInput records, DefaultRecordBatch batch, int count, BatchRules rules) {
        RecordWalk walk = new RecordWalk(records, batch.baseTimestamp(), rules);
        walk.check(count);
        return walk;
    }

    private static RecordWalk checkCompressed(DefaultRecordBatch batch, int count, BatchRules rules) {
        try (InputStream records = batch.recordInputStream(UnfoldingBuffers.ofThisThread())) {
            return checked(RecordInput.of(records, MAX_UNCOMPRESSED_BYTES), batch, count, rules);
        } catch (IOException
                | UncheckedIOException
                | KafkaException
                | IllegalArgumentException
                | java.nio.BufferUnderflowException unreadable) {
            throw corrupt("unreadable records: " + unreadable.getMessage());
        }
    }

    private static InvalidBatchException corrupt(String message) {
        return new InvalidBatchException(Reason.CORRUPT, message);
    }
}
