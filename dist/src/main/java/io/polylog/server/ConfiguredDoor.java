package io.polylog.server;

import io.polylog.config.Settings;
import io.polylog.server.config.ListenerKeys;
import io.polylog.server.endpoint.Endpoint;
import io.polylog.spi.ProtocolAdapterFactory;
import java.net.InetSocketAddress;
import java.util.List;

/** Where a gateway with some settings has its doors. */
final class ConfiguredDoor {

    private ConfiguredDoor() {}

    /**
     * @throws StartFailedException if there is no such protocol
     */
    static Endpoint of(String protocol, List<ProtocolAdapterFactory> factories, Settings settings)
            throws StartFailedException {
        for (ProtocolAdapterFactory factory : factories) {
            if (factory.name().equals(protocol)) {
                ListenerKeys keys = ListenerKeys.of(factory);
                return Endpoint.of(new InetSocketAddress(settings.get(keys.host()), settings.get(keys.port())));
            }
        }
        throw new StartFailedException(ExitCode.CONFIGURATION, "there is no door for " + protocol + " in lib");
    }
}
