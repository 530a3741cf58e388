package io.polylog.kafka.telemetry;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.apache.kafka.common.Uuid;

/**
 * All that one client is asked for.
 *
 * @param metrics prefixes of names, none of them if it is asked for nothing
 * @param intervalMs milliseconds between two pushes, or two questions if there is nothing to push
 */
record Asked(SortedSet<String> metrics, int intervalMs) {

    /** By all subscriptions for it together, as often as the most eager of them wants. */
    static Asked by(Collection<Subscription> subscriptions, Client client, Uuid instance) {
        SortedSet<String> metrics = new TreeSet<>();
        int intervalMs = Subscription.DEFAULT_INTERVAL_MS;
        for (Subscription subscription : subscriptions) {
            if (subscription.isFor(client, instance)) {
                metrics.addAll(subscription.metrics());
                intervalMs = Math.min(intervalMs, subscription.intervalMs());
            }
        }
        if (metrics.contains(Subscription.EVERYTHING)) {
            metrics.clear();
            metrics.add(Subscription.EVERYTHING);
        }
        return new Asked(metrics, intervalMs);
    }

    boolean wants(String metric) {
        return metrics.stream().anyMatch(prefix -> prefix.equals(Subscription.EVERYTHING) || metric.startsWith(prefix));
    }

    /** Another number whenever a client is asked for something else. */
    int id(Uuid instance) {
        CRC32C crc = new CRC32C();
        crc.update((metrics.toString() + intervalMs).getBytes(StandardCharsets.UTF_8));
        return (int) crc.getValue() ^ instance.hashCode();
    }
}
