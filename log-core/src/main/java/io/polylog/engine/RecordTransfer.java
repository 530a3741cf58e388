package io.polylog.engine;

import io.polylog.broker.RefusedException;
import io.polylog.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * Appends a batch to a partition of the target group. Body: topic id, int32 partition, the batch.
 *
 * @param batch given away: it has no producer id, and its offsets are set where it is appended
 */
public record RecordTransfer(UUID topicId, int partition, RecordBatch batch) implements Transfer {

    static final byte TYPE = 1;

    public RecordTransfer {
        if (batch.hasProducerId()) {
            throw new IllegalArgumentException(
                    "a transferred batch is told from others by its place, not its producer");
        }
    }

    @Override
    public byte type() {
        return TYPE;
    }

    @Override
    public int sizeInBytes() {
        return Encoding.UUID_BYTES + Integer.BYTES + batch.sizeInBytes();
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putUuid(target, topicId);
        target.putInt(partition);
        target.put(batch.buffer());
    }

    static RecordTransfer read(ByteBuffer body) {
        return new RecordTransfer(Encoding.uuid(body), body.getInt(), new RecordBatch(body));
    }

    @Override
    public boolean applyTo(GroupState state, ApplyContext context) {
        try {
            state.partitions().append(topicId, partition, batch, context);
            return true;
        } catch (RefusedException gone) {
            return false; // its topic was deleted, which would have taken the record along
        }
    }
}
