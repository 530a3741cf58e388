package io.polylog.http.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The Micrometer registry that reads our cells, and the JVM's and the process's own meters beside them. Micrometer holds
 * a cell weakly: whoever made it keeps it. Thread-safe.
 */
final class PrometheusExposition {

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    private final Collected collected = new Collected();

    private final Map<MeterId, Meter> meters = new ConcurrentHashMap<>();

    PrometheusExposition() {
        registry.getPrometheusRegistry().register(collected);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    void expose(MeterId id, Cell.Count cell) {
        meters.put(
                id,
                FunctionCounter.builder(id.name(), cell, Cell.Count::sum)
                        .tags(tags(id))
                        .register(registry));
    }

    void expose(MeterId id, Cell.Reading cell) {
        meters.put(
                id,
                Gauge.builder(id.name(), cell, Cell.Reading::value)
                        .tags(tags(id))
                        .register(registry));
    }

    void expose(MeterId id, Cell.Duration cell) {
        collected.add(id, cell);
    }

    void expose(MeterId id, Cell.Readings cell) {
        collected.add(id, cell);
    }

    /** Takes a counter or a gauge away again. */
    void hide(MeterId id) {
        Meter meter = meters.remove(id);
        if (meter != null) {
            registry.remove(meter);
        }
    }

    private static Tags tags(MeterId id) {
        return Tags.of(id.tags().toArray(String[]::new));
    }

    String scrape() {
        return registry.scrape();
    }
}
