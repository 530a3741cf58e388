package io.polylog.engine;

import io.polylog.session.Testament;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Attaches a client to its session, making one if there is none. Body: text name, attachment id, int8 1 if the session
 * begins afresh, int64 expiry, int8 1 if a testament follows: its id, int64 delay, int32 length, message.
 *
 * @param attachment new, and the id of the session too if one is made
 */
public record OpenSession(
        String name,
        UUID attachment,
        boolean fresh,
        long expiryMs,
        @Nullable Testament testament) implements Command<SessionGrant> {

    static final byte TYPE = 40;

    public OpenSession {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(attachment, "attachment");
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
        int testamentBytes =
                testament == null ? 0 : Encoding.UUID_BYTES + Long.BYTES + Integer.BYTES + testament.message().length;
        return Encoding.sizeOf(name) + Encoding.UUID_BYTES + 1 + Long.BYTES + 1 + testamentBytes;
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putText(target, name);
        Encoding.putUuid(target, attachment);
        target.put((byte) (fresh ? 1 : 0)).putLong(expiryMs).put((byte) (testament == null ? 0 : 1));
        if (testament != null) {
            Encoding.putUuid(target, testament.id());
            target.putLong(testament.delayMs());
            Encoding.putBytes(target, testament.message());
        }
    }

    static OpenSession read(ByteBuffer body) {
        String name = Encoding.text(body);
        UUID attachment = Encoding.uuid(body);
        boolean fresh = body.get() == 1;
        long expiryMs = body.getLong();
        Testament testament =
                body.get() == 1 ? new Testament(Encoding.uuid(body), body.getLong(), Encoding.bytes(body)) : null;
        return new OpenSession(name, attachment, fresh, expiryMs, testament);
    }

    @Override
    public SessionGrant applyTo(GroupState state, ApplyContext context) {
        return state.sessions().open(this, context);
    }
}
