package io.polylog.record;

import java.util.Iterator;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;

/**
 * How a transaction ended in a partition: Kafka's control batch of one record (KIP-98), byte for byte.
 *
 * @param committed whether its records count
 * @param coordinatorEpoch leader epoch of the coordinator that decided
 */
public record EndMarker(boolean committed, int coordinatorEpoch) {

    /**
     * The marker as a batch of one offset.
     *
     * @param timestampMs milliseconds since the Unix epoch
     */
    public RecordBatch batch(long producerId, short producerEpoch, long timestampMs) {
        ControlRecordType type = committed ? ControlRecordType.COMMIT : ControlRecordType.ABORT;
        return new RecordBatch(MemoryRecords.withEndTransactionMarker(
                        timestampMs, producerId, producerEpoch, new EndTransactionMarker(type, coordinatorEpoch))
                .buffer());
    }

    /**
     * Reads a control batch.
     *
     * @throws InvalidBatchException if it is not the end of a transaction
     */
    public static EndMarker of(RecordBatch batch) {
        Iterator<Record> records = batch.kafkaBatch().iterator();
        try {
            EndTransactionMarker marker = EndTransactionMarker.deserialize(records.next());
            return new EndMarker(marker.controlType() == ControlRecordType.COMMIT, marker.coordinatorEpoch());
        } catch (RuntimeException other) { // Kafka's reader throws whatever it stumbles over
            throw new InvalidBatchException(
                    InvalidBatchException.Reason.INVALID_RECORD, "not the end of a transaction: " + other.getMessage());
        }
    }
}
