package io.polylog.kafka.telemetry;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.polylog.kafka.telemetry.Client.Trait;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.jspecify.annotations.Nullable;

/**
 * Which metrics some clients are asked for, and how often, as an administrator has said it.
 *
 * @param metrics prefixes of their names; {@link #EVERYTHING} for all
 * @param intervalMs milliseconds between two pushes
 * @param match what all traits of a client must be like
 */
public record Subscription(Set<String> metrics, int intervalMs, Map<Trait, Pattern> match) {

    static final String METRICS = "metrics";
    static final String INTERVAL_MS = "interval.ms";
    static final String MATCH = "match";
    static final String EVERYTHING = "*";
    static final int DEFAULT_INTERVAL_MS = 300_000;

    private static final int LEAST_INTERVAL_MS = 100;
    private static final int MOST_INTERVAL_MS = 3_600_000;

    /** The settings of a subscription. */
    public static final ConfigDef SETTINGS = new ConfigDef()
            .define(
                    METRICS,
                    ConfigDef.Type.LIST,
                    List.of(),
                    ConfigDef.Importance.MEDIUM,
                    "Telemetry metric name prefix list")
            .define(
                    INTERVAL_MS,
                    ConfigDef.Type.INT,
                    DEFAULT_INTERVAL_MS,
                    ConfigDef.Importance.MEDIUM,
                    "Metrics push interval in milliseconds")
            .define(MATCH, ConfigDef.Type.LIST, List.of(), ConfigDef.Importance.MEDIUM, "Client match criteria");

    public Subscription {
        metrics = Set.copyOf(metrics);
        match = Map.copyOf(match);
    }

    /**
     * The subscription that settings describe.
     *
     * @throws org.apache.kafka.common.errors.ApiException with what is wrong with them
     */
    public static Subscription of(Map<String, String> settings) {
        settings.keySet().stream()
                .filter(name -> !SETTINGS.names().contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw new InvalidRequestException("Unknown client metrics configuration: " + name);
                });
        AbstractConfig parsed;
        try {
            parsed = new AbstractConfig(SETTINGS, settings, false);
        } catch (ConfigException notOfType) {
            throw new InvalidConfigurationException(notOfType.getMessage(), notOfType);
        }
        int intervalMs = parsed.getInt(INTERVAL_MS);
        if (intervalMs < LEAST_INTERVAL_MS || intervalMs > MOST_INTERVAL_MS) {
            throw new InvalidRequestException("Invalid value " + intervalMs + " for " + INTERVAL_MS
                    + ", interval must be between 100 and 3600000 (1 hour)");
        }
        return new Subscription(Set.copyOf(parsed.getList(METRICS)), intervalMs, patterns(parsed.getList(MATCH)));
    }

    private static Map<Trait, Pattern> patterns(List<String> match) {
        Map<Trait, Pattern> patterns = new EnumMap<>(Trait.class);
        for (String item : match) {
            String[] pair = item.split("=");
            Trait trait = pair.length == 2 ? trait(pair[0].trim()) : null;
            if (trait == null) {
                throw new InvalidConfigurationException("Illegal client matching pattern: " + item);
            }
            try {
                patterns.put(trait, Pattern.compile(pair[1].trim()));
            } catch (PatternSyntaxException malformed) {
                throw new InvalidConfigurationException("Illegal client matching pattern: " + item, malformed);
            }
        }
        return patterns;
    }

    private static @Nullable Trait trait(String name) {
        return Arrays.stream(Trait.values())
                .filter(trait -> trait.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst()
                .orElse(null);
    }

    boolean isFor(Client client, Uuid instance) {
        return match.entrySet().stream()
                .allMatch(wanted -> wanted.getValue().matches(client.trait(wanted.getKey(), instance)));
    }
}
