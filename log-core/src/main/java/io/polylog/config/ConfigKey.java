package io.polylog.config;

import java.util.Objects;
import java.util.function.Function;

/**
 * One setting: its name with its unit in it, what it accepts, and its default.
 *
 * @param name dotted path in the configuration file; the environment variable is {@code POLYLOG_} and the name in upper
 *     case with {@code .} and {@code -} turned into {@code _}
 * @param defaultText the default as a user would write it
 * @param doc one sentence for the user
 * @param parser turns text into the value; throws {@link IllegalArgumentException} with a sentence that says what is
 *     accepted
 */
public record ConfigKey<T>(String name, String defaultText, String doc, Function<String, T> parser) {

    public ConfigKey {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(defaultText, "defaultText");
        Objects.requireNonNull(doc, "doc");
        Objects.requireNonNull(parser, "parser");
    }

    public String environmentName() {
        return "POLYLOG_"
                + name.toUpperCase(java.util.Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    public static ConfigKey<String> text(String name, String defaultText, String doc) {
        return new ConfigKey<>(name, defaultText, doc, text -> text);
    }

    public static ConfigKey<Boolean> flag(String name, boolean defaultValue, String doc) {
        return new ConfigKey<>(name, Boolean.toString(defaultValue), doc, text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false");
        });
    }

    /** A whole number within {@code min} and {@code max}, both included. */
    public static ConfigKey<Integer> integer(String name, int defaultValue, int min, int max, String doc) {
        return new ConfigKey<>(name, Integer.toString(defaultValue), doc, text -> {
            try {
                int value = Integer.parseInt(text);
                if (value >= min && value <= max) {
                    return value;
                }
            } catch (NumberFormatException notANumber) {
                // said below, together with the range
            }
            throw new IllegalArgumentException("must be a whole number from " + min + " to " + max);
        });
    }

    /** One of the constants of an enum, written in lower case. */
    public static <E extends Enum<E>> ConfigKey<E> choice(String name, Class<E> type, E defaultValue, String doc) {
        return new ConfigKey<>(name, lower(defaultValue), doc, text -> {
            for (E constant : type.getEnumConstants()) {
                if (lower(constant).equals(text)) {
                    return constant;
                }
            }
            StringBuilder names = new StringBuilder();
            for (E constant : type.getEnumConstants()) {
                names.append(names.length() == 0 ? "" : ", ").append(lower(constant));
            }
            throw new IllegalArgumentException("must be one of " + names);
        });
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(java.util.Locale.ROOT);
    }
}
