package io.polylog.record;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One message, whatever the protocol it came through. Arrays are shared, never copied: nobody may change them after
 * construction.
 *
 * @param key the partition key, or null
 * @param value the payload; null is a tombstone and differs from empty
 * @param timestampMs create time, milliseconds since the Unix epoch
 * @param headers what else travels with the message, by the names of the mapping contract
 */
@SuppressWarnings("ArrayRecordComponent") // shared by design; see above
public record Record(byte @Nullable [] key, byte @Nullable [] value, long timestampMs, Headers headers) {

    // Written out: javac leaves the @Nullable out of the class file for a compact constructor's parameters.
    public Record(byte @Nullable [] key, byte @Nullable [] value, long timestampMs, Headers headers) {
        this.key = key;
        this.value = value;
        this.timestampMs = timestampMs;
        this.headers = Objects.requireNonNull(headers, "headers");
    }

    /** Bytes of key, value and headers: what limits count. */
    public int sizeInBytes() {
        int size = (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
        for (Header header : headers) {
            byte[] bytes = header.value();
            size += header.key().length() + (bytes == null ? 0 : bytes.length);
        }
        return size;
    }
}
