package io.polylog.engine;

import java.nio.ByteBuffer;
import java.util.UUID;

/** An origin publishes nothing again to a partition. Body: topic id, int32 partition, origin id. */
public record ForgetOrigin(UUID topicId, int partition, UUID origin) implements Command<Boolean> {

    static final byte TYPE = 46;

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
        return 2 * Encoding.UUID_BYTES + Integer.BYTES;
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putUuid(target, topicId);
        target.putInt(partition);
        Encoding.putUuid(target, origin);
    }

    static ForgetOrigin read(ByteBuffer body) {
        return new ForgetOrigin(Encoding.uuid(body), body.getInt(), Encoding.uuid(body));
    }

    @Override
    public Boolean applyTo(GroupState state, ApplyContext context) {
        return state.origins().forget(topicId, partition, origin, context);
    }
}
