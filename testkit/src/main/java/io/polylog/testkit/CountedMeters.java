package io.polylog.testkit;

import io.polylog.metric.Meters;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/** Meters of which a test can read the counters, and the gauges without tags; timers are not kept. Any thread. */
final class CountedMeters implements Meters {

    private final Map<String, Map<String, LongAdder>> counters = new ConcurrentHashMap<>();
    private final Map<String, DoubleSupplier> gauges = new ConcurrentHashMap<>();

    @Override
    public Counter counter(String name, String... tags) {
        StringBuilder key = new StringBuilder();
        for (int i = 0; i < tags.length; i += 2) {
            key.append(i == 0 ? "" : " ").append(tags[i]).append('=').append(tags[i + 1]);
        }
        return counters.computeIfAbsent(name, unused -> new ConcurrentHashMap<>())
                .computeIfAbsent(key.toString(), unused -> new LongAdder())::add;
    }

    @Override
    public Timer timer(String name, String... tags) {
        return nanos -> {};
    }

    @Override
    public void gauge(String name, DoubleSupplier value, String... tags) {
        if (tags.length == 0) {
            gauges.put(name, value);
        }
    }

    double gauge(String name) {
        return Objects.requireNonNull(gauges.get(name), name).getAsDouble();
    }

    /** The counters of one name, by their tags. */
    Map<String, Long> counters(String name) {
        Map<String, Long> now = new TreeMap<>();
        counters.getOrDefault(name, Map.of()).forEach((tags, count) -> now.put(tags, count.sum()));
        return now;
    }
}
