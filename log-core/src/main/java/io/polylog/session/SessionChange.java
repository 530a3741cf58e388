package io.polylog.session;

import org.jspecify.annotations.Nullable;

/**
 * One row to be kept, or no longer. Arrays are shared, never changed.
 *
 * @param key as {@link SessionRow#key}
 * @param value null removes the row
 */
@SuppressWarnings("ArrayRecordComponent") // stored as they are
public record SessionChange(byte[] key, byte @Nullable [] value) {

    /** Most changes in one step: a count. */
    public static final int MAX_CHANGES = 1024;

    public static SessionChange put(SessionRow row) {
        return new SessionChange(row.key(), row.value());
    }

    public static SessionChange remove(byte[] key) {
        return new SessionChange(key, null);
    }

    public int sizeInBytes() {
        return key.length + (value == null ? 0 : value.length);
    }
}
