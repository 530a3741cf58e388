package io.polylog.config;

import java.util.Map;

/** Values for keys: what was configured, or the default. Immutable. Reading a malformed value fails as the parser does. */
public final class Settings {

    private final Map<String, String> values;

    private Settings(Map<String, String> values) {
        this.values = Map.copyOf(values);
    }

    /** Settings from texts by key name; what is not named has its default. */
    public static Settings of(Map<String, String> values) {
        return new Settings(values);
    }

    /**
     * @throws IllegalArgumentException if the configured text is not accepted; the loader has checked every declared
     *     key before, so this is a programmer's fault
     */
    public <T> T get(ConfigKey<T> key) {
        return key.parser().apply(values.getOrDefault(key.name(), key.defaultText()));
    }

    /** Whether the key was configured rather than defaulted. */
    public boolean isSet(ConfigKey<?> key) {
        return values.containsKey(key.name());
    }
}
