package io.polylog.engine;

import io.polylog.session.SessionStore;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a session without reading its rows. Value layout: session id, attachment id, int8 1 if attached, int64
 * expiry, int64 detached at, testament id (zero for none). Immutable.
 *
 * @param id the same as long as the session lives
 * @param attachment who may change it
 * @param attached whether its client is connected
 * @param expiryMs how long it outlives the client's absence; 0 ends with it, {@link SessionStore#NEVER}
 * @param detachedAtMs since when its client is away; 0 while attached
 * @param testament what its end makes due
 */
public record SessionHead(
        UUID id,
        UUID attachment,
        boolean attached,
        long expiryMs,
        long detachedAtMs,
        @Nullable UUID testament) {

    private static final UUID NONE = new UUID(0, 0);

    /** When the session ends if nobody comes: {@link SessionStore#NEVER} while attached. */
    public long endsAtMs() {
        if (attached || expiryMs == SessionStore.NEVER) {
            return SessionStore.NEVER;
        }
        long end = detachedAtMs + expiryMs;
        return end < 0 ? SessionStore.NEVER : end;
    }

    byte[] encode() {
        ByteBuffer value = ByteBuffer.allocate(3 * Encoding.UUID_BYTES + 1 + 2 * Long.BYTES);
        Encoding.putUuid(value, id);
        Encoding.putUuid(value, attachment);
        value.put((byte) (attached ? 1 : 0)).putLong(expiryMs).putLong(detachedAtMs);
        Encoding.putUuid(value, testament == null ? NONE : testament);
        return value.array();
    }

    static SessionHead decode(byte[] bytes) {
        ByteBuffer value = ByteBuffer.wrap(bytes);
        UUID id = Encoding.uuid(value);
        UUID attachment = Encoding.uuid(value);
        boolean attached = value.get() == 1;
        long expiryMs = value.getLong();
        long detachedAtMs = value.getLong();
        UUID testament = Encoding.uuid(value);
        return new SessionHead(
                id, attachment, attached, expiryMs, detachedAtMs, testament.equals(NONE) ? null : testament);
    }
}
