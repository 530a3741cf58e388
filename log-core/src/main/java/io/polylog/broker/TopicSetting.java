package io.polylog.broker;

import java.util.Objects;

/**
 * One setting that a topic may have.
 *
 * @param name Kafka's name for it, or {@code polylog.*}
 * @param type how its value is written
 * @param defaultValue the value of a topic that does not set it
 */
public record TopicSetting(String name, Type type, String defaultValue) {

    /** How a value is written. */
    public enum Type {
        BOOLEAN,
        INT,
        LONG,
        DOUBLE,
        TEXT,
        LIST
    }

    public TopicSetting {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(defaultValue, "defaultValue");
    }

    /**
     * @throws RefusedException {@code INVALID_CONFIG} if the text is not a value of this type
     */
    void check(String text) {
        try {
            switch (type) {
                case BOOLEAN -> {
                    if (!text.equals("true") && !text.equals("false")) {
                        throw new NumberFormatException(text);
                    }
                }
                case INT -> Integer.parseInt(text);
                case LONG -> Long.parseLong(text);
                case DOUBLE -> Double.parseDouble(text);
                case TEXT, LIST -> {}
            }
        } catch (NumberFormatException notOfType) {
            throw new RefusedException(
                    Refusal.INVALID_CONFIG,
                    "Invalid value " + text + " for configuration " + name + ": must be of type "
                            + type.name().toLowerCase(java.util.Locale.ROOT));
        }
    }
}
