package io.polylog.broker;

import java.util.Locale;
import java.util.Objects;

/**
 * One setting that a topic may have.
 *
 * @param name Kafka's name for it, or {@code polylog.*}
 * @param type how its value is written
 * @param defaultValue the value of a topic that does not set it
 * @param rule which values of the type it takes
 * @param brokerName what Kafka calls the broker's setting that this one overrides; empty if there is none
 * @param documentation what it does, for administrators
 */
public record TopicSetting(
        String name, Type type, String defaultValue, SettingRule rule, String brokerName, String documentation) {

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
        Objects.requireNonNull(rule, "rule");
        Objects.requireNonNull(brokerName, "brokerName");
        Objects.requireNonNull(documentation, "documentation");
    }

    /**
     * The value as it is kept: without blanks around it and, in a list, around its items; a switch in small letters.
     *
     * @throws RefusedException {@code INVALID_CONFIG} if the text is not a value of this type, or not one that is taken
     */
    String canonical(String text) {
        String value = type == Type.LIST ? text.trim().replaceAll("\\s*,\\s*", ",") : text.trim();
        if (type == Type.BOOLEAN) {
            value = value.toLowerCase(Locale.ROOT);
        }
        if (!isOfType(value)) {
            throw refused(text, "must be of type " + type.name().toLowerCase(Locale.ROOT));
        }
        if (!rule.takes().test(value)) {
            throw refused(text, rule.says());
        }
        return type == Type.DOUBLE ? Double.toString(Double.parseDouble(value)) : value;
    }

    private RefusedException refused(String text, String reason) {
        return new RefusedException(
                Refusal.INVALID_CONFIG, "Invalid value " + text + " for configuration " + name + ": " + reason);
    }

    private boolean isOfType(String value) {
        try {
            switch (type) {
                case BOOLEAN -> {
                    return value.equals("true") || value.equals("false");
                }
                case INT -> Integer.parseInt(value);
                case LONG -> Long.parseLong(value);
                case DOUBLE -> Double.parseDouble(value);
                case TEXT, LIST -> {}
            }
            return true;
        } catch (NumberFormatException notOfType) {
            return false;
        }
    }
}
