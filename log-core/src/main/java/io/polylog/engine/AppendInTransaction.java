package io.polylog.engine;

import io.polylog.broker.AppendResult;
import io.polylog.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * Appends one validated batch of a transaction that was found to be open and to have this partition. Refused with {@code
 * INVALID_TRANSACTION_STATE} if the transaction was ended here since: written nevertheless it would never be ended (KIP-890).
 * Body: topic id, int32 partition, int64 last marker, the batch.
 *
 * @param lastMarker offset of the producer's last marker here as it was before its transaction was looked up; -1 if none
 */
public record AppendInTransaction(UUID topicId, int partition, long lastMarker, RecordBatch batch)
        implements Command<AppendResult> {

    static final byte TYPE = 60;

    @Override
    public byte type() {
        return TYPE;
    }

    @Override
    public int sizeInBytes() {
        return Encoding.UUID_BYTES + Integer.BYTES + Long.BYTES + batch.sizeInBytes();
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putUuid(target, topicId);
        target.putInt(partition).putLong(lastMarker);
        target.put(batch.buffer());
    }

    static AppendInTransaction read(ByteBuffer body) {
        return new AppendInTransaction(Encoding.uuid(body), body.getInt(), body.getLong(), new RecordBatch(body));
    }

    @Override
    public AppendResult applyTo(GroupState state, ApplyContext context) {
        return state.partitions().appendInTransaction(topicId, partition, lastMarker, batch, context);
    }
}
