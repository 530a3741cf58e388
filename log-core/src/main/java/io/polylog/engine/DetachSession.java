package io.polylog.engine;

import io.polylog.session.SessionChange;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/**
 * The client of a session is gone; from now on its expiry and its testament's delay run. Refused with {@code NOT_ATTACHED}
 * if another client has the session, or it has ended. Body: text name, attachment id, int64 expiry, int8 1 if the testament
 * stands, {@link SessionChanges}.
 *
 * @param expiryMs 0 ends the session
 */
public record DetachSession(
        String name, UUID attachment, long expiryMs, boolean testamentStands, List<SessionChange> changes)
        implements Command<Boolean> {

    static final byte TYPE = 42;

    public DetachSession {
        changes = SessionChanges.checked(changes);
    }

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
        return Encoding.sizeOf(name) + Encoding.UUID_BYTES + Long.BYTES + 1 + SessionChanges.sizeInBytes(changes);
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putText(target, name);
        Encoding.putUuid(target, attachment);
        target.putLong(expiryMs).put((byte) (testamentStands ? 1 : 0));
        SessionChanges.write(target, changes);
    }

    static DetachSession read(ByteBuffer body) {
        return new DetachSession(
                Encoding.text(body), Encoding.uuid(body), body.getLong(), body.get() == 1, SessionChanges.read(body));
    }

    @Override
    public Boolean applyTo(GroupState state, ApplyContext context) {
        state.sessions().detach(this, context);
        return true;
    }
}
