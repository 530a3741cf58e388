package io.polylog.engine;

import java.nio.ByteBuffer;
import java.util.UUID;

/** A testament has been executed. Body: its id. */
public record ForgetTestament(UUID id) implements Command<Boolean> {

    static final byte TYPE = 44;

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
        return Encoding.UUID_BYTES;
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putUuid(target, id);
    }

    static ForgetTestament read(ByteBuffer body) {
        return new ForgetTestament(Encoding.uuid(body));
    }

    @Override
    public Boolean applyTo(GroupState state, ApplyContext context) {
        state.testaments().remove(id, context);
        return true;
    }
}
