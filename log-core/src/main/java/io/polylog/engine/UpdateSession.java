package io.polylog.engine;

import io.polylog.session.SessionChange;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/**
 * Changes what a session keeps. Refused with {@code NOT_ATTACHED} if another client has the session, or it has ended. Body:
 * text name, attachment id, {@link SessionChanges}.
 */
public record UpdateSession(String name, UUID attachment, List<SessionChange> changes) implements Command<Boolean> {

    static final byte TYPE = 41;

    public UpdateSession {
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
        return Encoding.sizeOf(name) + Encoding.UUID_BYTES + SessionChanges.sizeInBytes(changes);
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putText(target, name);
        Encoding.putUuid(target, attachment);
        SessionChanges.write(target, changes);
    }

    static UpdateSession read(ByteBuffer body) {
        return new UpdateSession(Encoding.text(body), Encoding.uuid(body), SessionChanges.read(body));
    }

    @Override
    public Boolean applyTo(GroupState state, ApplyContext context) {
        state.sessions().update(name, attachment, changes, context);
        return true;
    }
}
