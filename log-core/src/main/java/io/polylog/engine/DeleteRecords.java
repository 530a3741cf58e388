package io.polylog.engine;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * Takes away the records of a partition before an offset, because somebody asked for it. The reply is where the log starts
 * then. Refused with {@code OFFSET_OUT_OF_RANGE} beyond the log's end. Body: topic id, int32 partition, int64 offset.
 *
 * @param offset the first that stays; {@link #ALL} for the end of the log, as it is when the command is applied
 */
public record DeleteRecords(UUID topicId, int partition, long offset) implements Command<Long> {

    static final byte TYPE = 71;

    /** Every record that there is. */
    public static final long ALL = -1;

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

    static DeleteRecords read(ByteBuffer body) {
        return new DeleteRecords(Encoding.uuid(body), body.getInt(), body.getLong());
    }

    @Override
    public Long applyTo(GroupState state, ApplyContext context) {
        PartitionState partitions = state.partitions();
        long end = partitions.existing(topicId, partition).log().endOffset();
        return partitions.advanceLogStart(topicId, partition, offset == ALL ? end : offset, context);
    }
}
