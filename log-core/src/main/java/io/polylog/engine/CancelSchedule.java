package io.polylog.engine;

import io.polylog.schedule.Cancelled;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * Takes back what waits for a partition under an id. Never refused: the reply says what there was. Body: topic id, int32
 * partition, text id.
 */
public record CancelSchedule(UUID topicId, int partition, String id) implements Command<Cancelled> {

    static final byte TYPE = 51;

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
        return Encoding.UUID_BYTES + Integer.BYTES + Encoding.sizeOf(id);
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putUuid(target, topicId);
        target.putInt(partition);
        Encoding.putText(target, id);
    }

    static CancelSchedule read(ByteBuffer body) {
        return new CancelSchedule(Encoding.uuid(body), body.getInt(), Encoding.text(body));
    }

    @Override
    public Cancelled applyTo(GroupState state, ApplyContext context) {
        return state.schedules().cancel(topicId, partition, id, context);
    }
}
