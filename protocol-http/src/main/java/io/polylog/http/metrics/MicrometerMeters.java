package io.polylog.http.metrics;

import io.polylog.metric.MeterExposition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Meters that Micrometer exposes in Prometheus' text format 0.0.4. Thread-safe; lives as long as the process.
 *
 * <p>Values are kept in cells of our own, and Micrometer reads them: it is loaded at the first scrape only, since its
 * start takes a tenth of a second and megabytes that a gateway nobody scrapes should not pay for.
 */
public final class MicrometerMeters implements MeterExposition {

    private final Map<MeterId, Cell> cells = new LinkedHashMap<>(); // guarded by this
    private @Nullable PrometheusExposition exposition; // guarded by this

    @Override
    public Counter counter(String name, String... tags) {
        return cell(Cell.Count.class, new MeterId(name, List.of(tags)), Cell.Count::new)::add;
    }

    @Override
    public Timer timer(String name, String... tags) {
        return cell(Cell.Duration.class, new MeterId(name, List.of(tags)), Cell.Duration::new)::record;
    }

    /** A gauge registered again, as when a listener is bound anew, reads the newer value. */
    @Override
    public void gauge(String name, DoubleSupplier value, String... tags) {
        cell(Cell.Reading.class, new MeterId(name, List.of(tags)), Cell.Reading::new)
                .read(value);
    }

    @Override
    public void gauges(String name, Supplier<List<Sample>> values) {
        cell(Cell.Readings.class, new MeterId(name, List.of()), Cell.Readings::new)
                .read(values);
    }

    @Override
    public synchronized void remove(String name, String... tags) {
        MeterId id = new MeterId(name, List.of(tags));
        if (cells.remove(id) != null && exposition != null) {
            exposition.hide(id);
        }
    }

    private synchronized <C extends Cell> C cell(Class<C> type, MeterId id, Supplier<C> maker) {
        Cell known = cells.get(id);
        if (known != null) {
            if (!type.isInstance(known)) {
                throw new IllegalStateException(
                        id + " is already a " + known.getClass().getSimpleName() + ", not a " + type.getSimpleName());
            }
            return type.cast(known);
        }
        C made = maker.get();
        cells.put(id, made);
        if (exposition != null) {
            made.expose(id, exposition);
        }
        return made;
    }

    @Override
    public String contentType() {
        return "text/plain; version=0.0.4; charset=utf-8";
    }

    @Override
    public String scrape() {
        return exposition().scrape();
    }

    private synchronized PrometheusExposition exposition() {
        if (exposition == null) {
            PrometheusExposition made = new PrometheusExposition();
            cells.forEach((id, cell) -> cell.expose(id, made));
            exposition = made;
        }
        return exposition;
    }
}
