package io.polylog.net;

import io.polylog.spi.ConnectionLimits;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the connections of a listener, all of them and those of each address, and takes in what its limits allow. Any thread. */
final class OpenConnections {

    private final ConnectionLimits limits;
    private final AtomicInteger all = new AtomicInteger();
    private final Map<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();

    OpenConnections(ConnectionLimits limits) {
        this.limits = limits;
    }

    /**
     * A limit that is reached.
     *
     * @param reason for the log
     */
    record Full(String reason, int limit) {}

    /** Takes a connection in, which is to {@link #leave} once, or says why not. */
    Optional<Full> enter(InetAddress address) {
        int total = limits.total();
        if (all.incrementAndGet() > total) {
            all.decrementAndGet();
            return Optional.of(new Full("too many connections", total));
        }
        int most = limits.from(address);
        if (byAddress.merge(address, 1, Integer::sum) > most) {
            leave(address);
            return Optional.of(new Full("too many connections from its address", most));
        }
        return Optional.empty();
    }

    void leave(InetAddress address) {
        byAddress.computeIfPresent(address, (known, count) -> count == 1 ? null : count - 1);
        all.decrementAndGet();
    }
}
