package io.polylog.session;

import java.util.Objects;
import java.util.UUID;

/**
 * What shall be published when a session ends, or when its client has been away for a while.
 *
 * @param id tells it from every other
 * @param delayMs how long the client may be away before it is due; the session's end makes it due in any case
 * @param message in the words of the door that keeps it, at most {@link #MAX_MESSAGE_BYTES}; shared, not copied
 */
@SuppressWarnings("ArrayRecordComponent") // opaque bytes, never changed
public record Testament(UUID id, long delayMs, byte[] message) {

    /** Longest message: 256 KiB. */
    public static final int MAX_MESSAGE_BYTES = 256 << 10;

    public Testament {
        Objects.requireNonNull(id, "id");
        if (delayMs < 0 || message.length > MAX_MESSAGE_BYTES) {
            throw new IllegalArgumentException("testament of " + message.length + " bytes after " + delayMs + " ms");
        }
    }
}
