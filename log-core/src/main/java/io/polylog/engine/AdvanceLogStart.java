package io.polylog.engine;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * Takes the first records of a partition away: those before an offset. Does nothing if they are gone. The reply is where
 * the log starts then. Refused with {@code OFFSET_OUT_OF_RANGE} beyond the log's end. Body: topic id, int32 partition,
 * int64 offset.
 */
public record AdvanceLogStart(UUID topicId, int partition, long offset) implements Command<Long> {

    static final byte TYPE = 10;

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

    static AdvanceLogStart read(ByteBuffer body) {
        return new AdvanceLogStart(Encoding.uuid(body), body.getInt(), body.getLong());
    }

    @Override
    public Long applyTo(GroupState state, ApplyContext context) {
        return state.partitions().advanceLogStart(topicId, partition, offset, context);
    }
}
