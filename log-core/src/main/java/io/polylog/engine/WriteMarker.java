package io.polylog.engine;

import io.polylog.record.EndMarker;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * Ends a producer's transaction in a partition by a control batch, and fences the producer's earlier epochs there. Does
 * nothing when it was done before, so it may be sent again. Refused with {@code UNKNOWN_TOPIC}, {@code
 * STALE_PRODUCER_EPOCH}, {@code COORDINATOR_FENCED}. The reply is whether a marker was written. Body: topic id, int32
 * partition, int64 producer id, int16 producer epoch, int8 1 if committed, int32 coordinator epoch.
 */
public record WriteMarker(UUID topicId, int partition, long producerId, short producerEpoch, EndMarker marker)
        implements Command<Boolean> {

    static final byte TYPE = 61;

    @Override
    public byte type() {
        return TYPE;
    }

    @Override
    public Growth growth() {
        return Growth.LITTLE;
    }

    @Override
    public int sizeInBytes() {
        return Encoding.UUID_BYTES + Integer.BYTES + Long.BYTES + Short.BYTES + 1 + Integer.BYTES;
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putUuid(target, topicId);
        target.putInt(partition).putLong(producerId).putShort(producerEpoch);
        target.put((byte) (marker.committed() ? 1 : 0)).putInt(marker.coordinatorEpoch());
    }

    static WriteMarker read(ByteBuffer body) {
        return new WriteMarker(
                Encoding.uuid(body),
                body.getInt(),
                body.getLong(),
                body.getShort(),
                new EndMarker(body.get() == 1, body.getInt()));
    }

    @Override
    public Boolean applyTo(GroupState state, ApplyContext context) {
        return state.partitions().endTransaction(topicId, partition, producerId, producerEpoch, marker, context);
    }
}
