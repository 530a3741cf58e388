package io.polylog.broker;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Which values of its type a setting takes.
 *
 * @param takes whether a value, in its canonical form, is one of them
 * @param says the end of the sentence "Invalid value …: ", for who gave another
 */
record SettingRule(Predicate<String> takes, String says) {

    private static final Pattern REPLICAS = Pattern.compile("\\*|([0-9]+:[0-9]+(,[0-9]+:[0-9]+)*)?");

    static final SettingRule ANY = new SettingRule(value -> true, "");

    /** {@code partition:broker} pairs, or {@code *}. */
    static final SettingRule THROTTLED_REPLICAS =
            new SettingRule(REPLICAS.asMatchPredicate(), "must be * or a list of partition:broker");

    /** {@code address:number} pairs. */
    static final SettingRule ADDRESS_LIMITS =
            new SettingRule(SettingRule::limitsAddresses, "must be a list of address:number, without names of hosts");

    private static boolean limitsAddresses(String value) {
        try {
            AddressLimits.parse(value);
            return true;
        } catch (IllegalArgumentException not) {
            return false;
        }
    }

    /**
     * A value as it is kept: without blanks around it and, in a list, around its items; a switch in small letters.
     *
     * @throws RefusedException {@code INVALID_CONFIG} if the text is not a value of this type, or not one that is taken
     */
    String canonical(String name, TopicSetting.Type type, String text) {
        String value = type == TopicSetting.Type.LIST ? text.trim().replaceAll("\\s*,\\s*", ",") : text.trim();
        if (type == TopicSetting.Type.BOOLEAN) {
            value = value.toLowerCase(Locale.ROOT);
        }
        if (!type.holds(value)) {
            throw refused(name, text, "must be of type " + type.name().toLowerCase(Locale.ROOT));
        }
        if (!takes.test(value)) {
            throw refused(name, text, says);
        }
        return type == TopicSetting.Type.DOUBLE ? Double.toString(Double.parseDouble(value)) : value;
    }

    private static RefusedException refused(String name, String text, String reason) {
        return new RefusedException(
                Refusal.INVALID_CONFIG, "Invalid value " + text + " for configuration " + name + ": " + reason);
    }

    static SettingRule atLeast(long least) {
        return new SettingRule(value -> Long.parseLong(value) >= least, "must be at least " + least);
    }

    static SettingRule between(double least, double most) {
        return new SettingRule(
                value -> Double.parseDouble(value) >= least && Double.parseDouble(value) <= most,
                "must be from " + least + " to " + most);
    }

    static SettingRule oneOf(String... choices) {
        return new SettingRule(List.of(choices)::contains, "must be one of " + List.of(choices));
    }

    /** A list of some of these, none of them twice. */
    static SettingRule someOf(String... choices) {
        Set<String> known = Set.of(choices);
        return new SettingRule(
                value -> {
                    List<String> items = value.isEmpty() ? List.of() : Arrays.asList(value.split(",", -1));
                    return known.containsAll(items) && new HashSet<>(items).size() == items.size();
                },
                "must be a list of " + List.of(choices) + " without repetition");
    }

    /** What only the default is taken for, because the gateway has nothing that another value could switch. */
    static SettingRule only(String value, String reason) {
        return new SettingRule(value::equals, "must be " + value + ": " + reason);
    }
}
