package io.polylog.engine;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * Takes away the records of a partition before an offset, because they are older or more than their topic keeps: the leader
 * has found so by its clock, and every replica follows. Does nothing where records do not expire any more, or are gone
 * already. The reply is where the log starts then. Body: topic id, int32 partition, int64 offset.
 *
 * @param offset the first that stays
 */
public record ExpireRecords(UUID topicId, int partition, long offset) implements Command<Long> {

    static final byte TYPE = 72;

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
        return Encoding.UUID_BYTES + Integer.BYTES + Long.BYTES;
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putUuid(target, topicId);
        target.putInt(partition).putLong(offset);
    }

    static ExpireRecords read(ByteBuffer body) {
        return new ExpireRecords(Encoding.uuid(body), body.getInt(), body.getLong());
    }

    @Override
    public Long applyTo(GroupState state, ApplyContext context) {
        return state.partitions().expire(topicId, partition, offset, context);
    }
}
