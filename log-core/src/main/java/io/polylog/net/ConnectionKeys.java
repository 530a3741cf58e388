package io.polylog.net;

import io.polylog.config.ConfigKey;
import io.polylog.config.Settings;
import io.polylog.spi.ConnectionLimits;
import java.util.List;

/** How many connections a listener has at a time, as the configuration file says. */
public record ConnectionKeys(ConfigKey<Integer> total, ConfigKey<Integer> perAddress) {

    private static final int DEFAULT_TOTAL = 20_000;
    private static final int MOST = 1_000_000;

    /** The keys in the block of a protocol. */
    public static ConnectionKeys of(String protocol) {
        return new ConnectionKeys(
                ConfigKey.integer(
                        protocol + ".max-connections",
                        DEFAULT_TOTAL,
                        1,
                        MOST,
                        "Connections at a time; any beyond it are closed at once."),
                ConfigKey.integer(
                        protocol + ".max-connections-per-address",
                        Integer.MAX_VALUE,
                        1,
                        Integer.MAX_VALUE,
                        "Connections at a time from one address; any beyond it are closed at once."));
    }

    public List<ConfigKey<?>> all() {
        return List.of(total, perAddress);
    }

    public ConnectionLimits limits(Settings settings) {
        return ConnectionLimits.of(settings.get(total), settings.get(perAddress));
    }
}
