package io.polylog.engine;

import java.nio.ByteBuffer;
import java.util.UUID;

/** Deletes one partition with its records and ledgers; does nothing if it is gone. Body: topic id, int32 partition. */
public record DeletePartition(UUID topicId, int partition) implements Command<Boolean> {

    static final byte TYPE = 6;

    @Override
    public byte type() {
        return TYPE;
    }

    @Override
    public Growth growth() {
        return Growth.NONE;
    }

    @Override
    public int sizeInBytes() {
        return Encoding.UUID_BYTES + Integer.BYTES;
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putUuid(target, topicId);
        target.putInt(partition);
    }

    static DeletePartition read(ByteBuffer body) {
        return new DeletePartition(Encoding.uuid(body), body.getInt());
    }

    @Override
    public Boolean applyTo(GroupState state, ApplyContext context) {
        state.ledgers().delete(topicId, partition, context);
        state.origins().delete(topicId, partition, context);
        state.schedules().delete(topicId, partition, context);
        return state.partitions().delete(topicId, partition, context);
    }
}
