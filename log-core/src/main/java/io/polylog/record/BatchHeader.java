package io.polylog.record;

import java.nio.ByteBuffer;

/**
 * What the first bytes of a {@link RecordBatch} say, for readers that walk a segment without loading records. Nothing is
 * checked: the bytes may be damaged, and whoever walks decides what to believe.
 *
 * @param sizeInBytes of the whole batch, header included
 * @param lastOffsetDelta last offset less base offset
 * @param attributes compression and flags, as Kafka lays them out
 * @param maxTimestamp largest timestamp of its records, as their writer said, milliseconds
 * @param producerId {@link RecordBatch#NO_PRODUCER_ID} if none
 */
public record BatchHeader(
        long baseOffset,
        int sizeInBytes,
        int leaderEpoch,
        byte magic,
        short attributes,
        int lastOffsetDelta,
        long maxTimestamp,
        long producerId) {

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
                buffer.getShort(position + RecordBatch.ATTRIBUTES),
                buffer.getInt(position + RecordBatch.LAST_OFFSET_DELTA),
                buffer.getLong(position + RecordBatch.MAX_TIMESTAMP),
                buffer.getLong(position + RecordBatch.PRODUCER_ID));
    }

    public boolean isTransactional() {
        return (attributes & RecordBatch.TRANSACTIONAL_FLAG) != 0;
    }

    /** Whether it holds no records of clients but a marker. */
    public boolean isControl() {
        return (attributes & RecordBatch.CONTROL_FLAG) != 0;
    }

    public long lastOffset() {
        return baseOffset + lastOffsetDelta;
    }
}
