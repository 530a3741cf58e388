package io.polylog.server;

import io.polylog.spi.ProtocolAdapterFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The protocols on the class path: the built-in ones, and those dropped into {@code lib/ext}. */
final class Protocols {

    /** The order in which people look for them; others follow by name. */
    private static final List<String> FAMILIAR_ORDER = List.of("kafka", "amqp", "mqtt", "http");

    private Protocols() {}

    /**
     * @throws StartFailedException if a factory cannot be loaded, or two have one name
     */
    static List<ProtocolAdapterFactory> discover() throws StartFailedException {
        List<ProtocolAdapterFactory> found = new ArrayList<>();
        try {
            ServiceLoader.load(ProtocolAdapterFactory.class).forEach(found::add);
        } catch (ServiceConfigurationError unusable) {
            throw new StartFailedException(
                    ExitCode.CONFIGURATION,
                    "a protocol cannot be loaded, look at the jars in lib/ext: " + unusable.getMessage(),
                    unusable);
        }
        return inOrder(found);
    }

    static List<ProtocolAdapterFactory> inOrder(Collection<ProtocolAdapterFactory> found) throws StartFailedException {
        Map<String, ProtocolAdapterFactory> byName =
                new TreeMap<>(Comparator.comparingInt(Protocols::rank).thenComparing(Comparator.naturalOrder()));
        for (ProtocolAdapterFactory factory : found) {
            ProtocolAdapterFactory other = byName.putIfAbsent(factory.name(), factory);
            if (other != null) {
                throw new StartFailedException(
                        ExitCode.CONFIGURATION,
                        "two protocols are called " + factory.name() + ", "
                                + other.getClass().getName() + " and "
                                + factory.getClass().getName() + "; remove one of their jars from lib/ext");
            }
        }
        return List.copyOf(byName.values());
    }

    private static int rank(String name) {
        int rank = FAMILIAR_ORDER.indexOf(name);
        return rank < 0 ? FAMILIAR_ORDER.size() : rank;
    }
}
