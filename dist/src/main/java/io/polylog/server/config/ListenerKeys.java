package io.polylog.server.config;

import io.polylog.config.ConfigKey;
import io.polylog.spi.ProtocolAdapterFactory;
import java.util.List;

/** The keys that every listener has, in the block named after its protocol. */
public record ListenerKeys(
        String protocol,
        ConfigKey<Boolean> enabled,
        ConfigKey<String> host,
        ConfigKey<Integer> port,
        ConfigKey<Integer> maxConnections) {

    private static final int DEFAULT_MAX_CONNECTIONS = 20_000;
    private static final int MOST_CONNECTIONS = 1_000_000;

    public static ListenerKeys of(ProtocolAdapterFactory factory) {
        String name = factory.name();
        return new ListenerKeys(
                name,
                ConfigKey.flag(name + ".enabled", true, "Whether this protocol is served."),
                new ConfigKey<>(
                        name + ".host",
                        "127.0.0.1",
                        "Address to listen on; a loopback address, as clients are not authenticated yet.",
                        LoopbackHost::parse),
                ConfigKey.integer(
                        name + ".port", factory.defaultPort(), 0, 65_535, "TCP port to listen on; 0 takes a free one."),
                ConfigKey.integer(
                        name + ".max-connections",
                        DEFAULT_MAX_CONNECTIONS,
                        1,
                        MOST_CONNECTIONS,
                        "Connections at a time; any beyond it are closed at once."));
    }

    List<ConfigKey<?>> all() {
        return List.of(enabled, host, port, maxConnections);
    }
}
