package io.polylog.record;

import java.nio.ByteBuffer;

/**
 * What the first bytes of a {@link RecordBatch} say, for readers that walk a segment without loading records. Nothing is
 * checked: the bytes may be damaged, and whoever walks decides what to believe.
 *
 * @param sizeInBytes of the whole batch, header included
 * @param lastOffsetDelta last offset less base offset
 * @param maxTimestamp largest timestamp of its records, as their writer said, milliseconds
 */
public record BatchHeader(
        long baseOffset, int sizeInBytes, int leaderEpoch, byte magic, int lastOffsetDelta, long maxTimestamp) {

    /**
     * Reads the header that begins at {@code position}.
     *
     * @param buffer holds at least {@link RecordBatch#OVERHEAD} bytes from there on
     */
    public static BatchHeader read(ByteBuffer buffer, int position) {
        return new BatchHeader(
                buffer.getLong(position),
                RecordBatch.sizeAt(buffer, position),
                buffer.getInt(position + RecordBatch.LEADER_EPOCH),
                buffer.get(position + RecordBatch.MAGIC),
                buffer.getInt(position + RecordBatch.LAST_OFFSET_DELTA),
                buffer.getLong(position + RecordBatch.MAX_TIMESTAMP));
    }

    public long lastOffset() {
        return baseOffset + lastOffsetDelta;
    }
}
