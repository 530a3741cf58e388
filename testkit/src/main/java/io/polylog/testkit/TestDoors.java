package io.polylog.testkit;

import io.polylog.config.ConfigKey;
import io.polylog.config.NearestName;
import io.polylog.net.TlsKeys;
import io.polylog.node.LogKeys;
import io.polylog.node.SecurityKeys;
import io.polylog.spi.ProtocolAdapterFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** The protocols on the class path of a test, and the settings they and the log know. */
final class TestDoors {

    private TestDoors() {}

    /**
     * @throws IllegalStateException if there is none, or two have one name
     */
    static List<ProtocolAdapterFactory> onClassPath() {
        Map<String, ProtocolAdapterFactory> byName = new HashMap<>();
        List<ProtocolAdapterFactory> found = new ArrayList<>();
        for (ProtocolAdapterFactory factory : ServiceLoader.load(ProtocolAdapterFactory.class)) {
            ProtocolAdapterFactory other = byName.put(factory.name(), factory);
            if (other != null) {
                throw new IllegalStateException("two protocols are called " + factory.name() + ", "
                        + other.getClass().getName() + " and "
                        + factory.getClass().getName());
            }
            found.add(factory);
        }
        if (found.isEmpty()) {
            throw new IllegalStateException("no protocol is on the class path: add protocol-kafka or another");
        }
        return found;
    }

    /** The key of a protocol's port. */
    static String port(ProtocolAdapterFactory factory) {
        return factory.name() + ".port";
    }

    /**
     * @throws IllegalArgumentException if a setting is none, or not accepted
     */
    static void check(Map<String, String> settings, List<ProtocolAdapterFactory> doors) {
        Map<String, ConfigKey<?>> keys = new HashMap<>();
        Stream.concat(
                        Stream.concat(LogKeys.all().stream(), SecurityKeys.all().stream()),
                        doors.stream()
                                .flatMap(door -> Stream.of(
                                                List.of(ConfigKey.integer(port(door), 0, 0, 65_535, "")),
                                                TlsKeys.of(door.name()).all(),
                                                door.keys())
                                        .flatMap(List::stream)))
                .forEach(key -> keys.put(key.name(), key));
        settings.forEach((name, value) -> {
            ConfigKey<?> key = keys.get(name);
            if (key == null) {
                throw new IllegalArgumentException(name + " is not a key"
                        + NearestName.of(name, keys.keySet())
                                .map(near -> "; did you mean " + near + "?")
                                .orElse(""));
            }
            try {
                Object unused = key.parser().apply(value);
            } catch (IllegalArgumentException refused) {
                throw new IllegalArgumentException(
                        name + " is \"" + value + "\", but it " + refused.getMessage(), refused);
            }
        });
    }
}
