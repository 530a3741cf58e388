package io.polylog.kafka.telemetry;

import io.polylog.metric.Meters;
import io.polylog.time.NanoClock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The newest values of each client, until it has been silent for three of its intervals, or for a minute once it has said good-bye:
 * for long enough to be read. Values that find no room are dropped. Thread-safe.
 */
final class PushedMetrics {

    /** Values of one client at a time. */
    static final int MOST_OF_ONE = 2_000;

    private static final int INTERVALS_KEPT = 3;
    private static final long KEPT_AFTER_END_MS = 60_000;

    private record Told(List<Meters.Sample> samples, long atNanos, long keptNanos) {}

    private final int most;
    private final NanoClock clock;
    private final Map<InstanceKey, Told> byInstance = new LinkedHashMap<>(); // guarded by this
    private int count; // guarded by this

    /**
     * @param most values at a time
     */
    PushedMetrics(int most, NanoClock clock) {
        this.most = most;
        this.clock = clock;
    }

    /**
     * Replaces what a client told before.
     *
     * @param values by their labels, in pairs
     * @param last whether it has said good-bye
     * @return how many found no room
     */
    synchronized int put(
            InstanceKey key, Client client, Map<List<String>, Double> values, int intervalMs, boolean last) {
        forgetSilent();
        forget(byInstance.remove(key));
        int room = Math.min(MOST_OF_ONE, most - count);
        List<Meters.Sample> samples = new ArrayList<>();
        for (Map.Entry<List<String>, Double> value : values.entrySet()) {
            if (samples.size() == room) {
                break;
            }
            List<String> labels = new ArrayList<>(List.of(
                    Labels.INSTANCE_ID,
                    key.id().toString(),
                    Labels.CLIENT_ID,
                    Labels.shortened(client.id()),
                    Labels.PRINCIPAL,
                    Labels.shortened(client.principal())));
            labels.addAll(value.getKey());
            samples.add(new Meters.Sample(value.getValue(), labels));
        }
        if (!samples.isEmpty()) {
            long keptMs = last ? KEPT_AFTER_END_MS : (long) INTERVALS_KEPT * intervalMs;
            byInstance.put(key, new Told(samples, clock.nanoTime(), TimeUnit.MILLISECONDS.toNanos(keptMs)));
            count += samples.size();
        }
        return values.size() - samples.size();
    }

    /** All that is known at the moment. */
    synchronized List<Meters.Sample> samples() {
        forgetSilent();
        List<Meters.Sample> all = new ArrayList<>(count);
        byInstance.values().forEach(told -> all.addAll(told.samples()));
        return all;
    }

    private void forgetSilent() {
        long now = clock.nanoTime();
        for (Iterator<Told> each = byInstance.values().iterator(); each.hasNext(); ) {
            Told told = each.next();
            if (now - told.atNanos() > told.keptNanos()) {
                each.remove();
                forget(told);
            }
        }
    }

    private void forget(@Nullable Told told) {
        count -= told == null ? 0 : told.samples().size();
    }
}
