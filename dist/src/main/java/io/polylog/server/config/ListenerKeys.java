package io.polylog.server.config;

import io.polylog.config.ConfigKey;
import io.polylog.config.Settings;
import io.polylog.net.ConnectionKeys;
import io.polylog.net.TlsKeys;
import io.polylog.spi.ProtocolAdapterFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The keys that every listener has, in the block named after its protocol. */
public record ListenerKeys(
        String protocol,
        ConfigKey<Boolean> enabled,
        ConfigKey<String> host,
        ConfigKey<Integer> port,
        ConnectionKeys connections,
        TlsKeys tls,
        ProtocolAdapterFactory factory) {

    public static ListenerKeys of(ProtocolAdapterFactory factory) {
        String name = factory.name();
        return new ListenerKeys(
                name,
                ConfigKey.flag(name + ".enabled", true, "Whether this protocol is served."),
                new ConfigKey<>(
                        name + ".host",
                        "127.0.0.1",
                        "Address to listen on; one that the network reaches only where clients are authenticated.",
                        ListenHost::parse),
                ConfigKey.integer(
                        name + ".port", factory.defaultPort(), 0, 65_535, "TCP port to listen on; 0 takes a free one."),
                ConnectionKeys.of(name),
                TlsKeys.of(name),
                factory);
    }

    List<ConfigKey<?>> all() {
        return Stream.of(List.of(enabled, host, port), connections.all(), tls.all())
                .<ConfigKey<?>>flatMap(List::stream)
                .toList();
    }

    /** The numbers of the ports that it is to have, those that are not to be free ones, by the names of their keys. */
    Map<String, Integer> numbers(Settings settings) {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        numbers.put(port.name(), settings.get(port));
        settings.get(tls.port()).ifPresent(number -> numbers.put(tls.port().name(), number));
        numbers.values().removeIf(number -> number == 0);
        return numbers;
    }

    /** What no key can see alone, a sentence for each fault. */
    List<String> faults(Settings settings) {
        List<String> faults = new ArrayList<>(tls.faults(settings));
        faults.addAll(factory.faults(settings));
        String address = settings.get(host);
        boolean authenticates = factory.authenticates(settings) || tls.authenticates(settings);
        if (!authenticates && !ListenHost.isLoopback(address)) {
            faults.add(host.name() + " is \"" + address + "\", which would be open to the network while nobody is asked"
                    + " who they are; " + factory.howToAuthenticate() + "set "
                    + tls.clientAuth().name()
                    + " to required with a TLS port alone, or use 127.0.0.1 and let remote clients in through an SSH"
                    + " tunnel or an authenticating proxy");
        }
        return faults;
    }
}
