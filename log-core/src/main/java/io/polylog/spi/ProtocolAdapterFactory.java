package io.polylog.spi;

import io.polylog.config.ConfigKey;
import io.polylog.config.Settings;
import java.util.List;

/**
 * Adds a protocol to the gateway; found with {@link java.util.ServiceLoader}, also in jars dropped into {@code lib/ext}.
 *
 * <p>Guarantees to the implementor:
 *
 * <ol>
 *   <li>{@link #name}, {@link #defaultPort} and {@link #keys} are constant and called before anything else.
 *   <li>{@link #create} is called once per enabled listener, off the event loops, before its port is bound.
 *   <li>The adapter that {@code create} returned is closed exactly once, after its last connection is gone.
 *   <li>Two factories of one name stop the node before any port is bound.
 * </ol>
 */
public interface ProtocolAdapterFactory {

    /** Short name in lower case, such as {@code kafka}: the block of the configuration file and the metrics' protocol tag. */
    String name();

    /** TCP port when none is configured. */
    int defaultPort();

    /** The keys of this protocol's block, beyond those every listener has; each begins with {@code name() + "."}. */
    List<ConfigKey<?>> keys();

    /** Faults of this protocol's settings that no key can see alone, a sentence for each. */
    default List<String> faults(Settings settings) {
        return List.of();
    }

    /** Whether whoever connects has to prove who they are, by the protocol's own means. */
    default boolean authenticates(Settings settings) {
        return false;
    }

    /** What to set for {@link #authenticates}, such as {@code "set x.y, or "}; empty if the protocol has no means. */
    default String howToAuthenticate() {
        return "";
    }

    ProtocolAdapter create(AdapterContext context, Settings settings);
}
