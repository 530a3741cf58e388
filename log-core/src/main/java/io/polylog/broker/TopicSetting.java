package io.polylog.broker;

import java.util.Objects;
import java.util.Optional;

/**
 * One setting that a topic may have.
 *
 * @param name Kafka's name for it, or {@code polylog.*}
 * @param type how its value is written
 * @param defaultValue the value of a topic that does not set it
 * @param rule which values of the type it takes
 * @param brokerName what Kafka calls the broker's setting that this one overrides; empty if there is none
 * @param coarser where the default stands if the broker's setting has none, as {@code log.retention.hours} for {@code
 *     log.retention.ms}
 * @param documentation what it does, for administrators
 */
public record TopicSetting(
        String name,
        Type type,
        String defaultValue,
        SettingRule rule,
        String brokerName,
        Optional<Origin> coarser,
        String documentation) {

    /** How a value is written. */
    public enum Type {
        BOOLEAN,
        INT,
        LONG,
        DOUBLE,
        TEXT,
        LIST;

        boolean holds(String value) {
            try {
                switch (this) {
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

    /** The setting of the broker that says what holds where neither topic nor broker were told anything. */
    public record Origin(String name, Type type, String value) {}

    public TopicSetting {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(defaultValue, "defaultValue");
        Objects.requireNonNull(rule, "rule");
        Objects.requireNonNull(brokerName, "brokerName");
        Objects.requireNonNull(coarser, "coarser");
        Objects.requireNonNull(documentation, "documentation");
    }

    /** What stands at the broker when nobody has said anything; empty if there is nothing like it at the broker. */
    public Optional<Origin> origin() {
        return brokerName.isEmpty() || coarser.isPresent()
                ? coarser
                : Optional.of(new Origin(brokerName, type, defaultValue));
    }

    /**
     * The value as it is kept, see {@link SettingRule#canonical}.
     *
     * @throws RefusedException {@code INVALID_CONFIG} if the text is not a value of this type, or not one that is taken
     */
    String canonical(String text) {
        return rule.canonical(name, type, text);
    }
}
