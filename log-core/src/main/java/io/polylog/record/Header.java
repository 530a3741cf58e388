package io.polylog.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One header of a record: a name that may repeat, and a value that may be absent. The value array is shared, never
 * copied: nobody may change it after construction.
 */
@SuppressWarnings("ArrayRecordComponent") // shared by design; see above
public record Header(String key, byte @Nullable [] value) {

    // Written out: javac leaves the @Nullable out of the class file for a compact constructor's parameters.
    public Header(String key, byte @Nullable [] value) {
        this.key = Objects.requireNonNull(key, "key");
        this.value = value;
    }

    /** A header whose value is the UTF-8 form of {@code text}. */
    public static Header text(String key, String text) {
        return new Header(key, text.getBytes(UTF_8));
    }

    /** The value as UTF-8 text, or an empty string when it is absent; malformed bytes become U+FFFD. */
    public String text() {
        return value == null ? "" : new String(value, UTF_8);
    }
}
