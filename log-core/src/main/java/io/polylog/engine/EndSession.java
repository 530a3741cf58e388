package io.polylog.engine;

import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Ends a session: because its time has come, if it has, or whatever its state. Answers whether one has ended. Body: text
 * name, int8 1 if an attachment id follows and the time must have come.
 *
 * @param expiredAttachment the hold whose client has not come back in time; null to end whatever there is
 */
public record EndSession(String name, @Nullable UUID expiredAttachment) implements Command<Boolean> {

    static final byte TYPE = 43;

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
        return Encoding.sizeOf(name) + 1 + (expiredAttachment == null ? 0 : Encoding.UUID_BYTES);
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putText(target, name);
        target.put((byte) (expiredAttachment == null ? 0 : 1));
        if (expiredAttachment != null) {
            Encoding.putUuid(target, expiredAttachment);
        }
    }

    static EndSession read(ByteBuffer body) {
        return new EndSession(Encoding.text(body), body.get() == 1 ? Encoding.uuid(body) : null);
    }

    @Override
    public Boolean applyTo(GroupState state, ApplyContext context) {
        return state.sessions().end(name, expiredAttachment, expiredAttachment != null, context);
    }
}
