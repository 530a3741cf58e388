package io.polylog.http.metrics;

import io.polylog.metric.Meters;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * What Micrometer has no meters for that read cells of our own: histograms, and values that come and go. Prometheus' own client
 * library, which is below Micrometer, reads them here. Thread-safe.
 */
final class Collected implements MultiCollector {

    private final Map<MeterId, Cell.Duration> durations = new ConcurrentHashMap<>();
    private final Map<MeterId, Cell.Readings> readings = new ConcurrentHashMap<>();

    void add(MeterId id, Cell.Duration cell) {
        durations.put(id, cell);
    }

    void add(MeterId id, Cell.Readings cell) {
        readings.put(id, cell);
    }

    @Override
    public MetricSnapshots collect() {
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        Map<String, HistogramSnapshot.Builder> histograms = new TreeMap<>();
        durations.forEach((id, cell) -> histograms
                .computeIfAbsent(id.name(), name -> HistogramSnapshot.builder().name(name))
                .dataPoint(point(id, cell)));
        histograms.values().forEach(histogram -> all.metricSnapshot(histogram.build()));
        readings.forEach((id, cell) -> {
            GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(id.name());
            cell.values().forEach(sample -> gauge.dataPoint(point(sample)));
            all.metricSnapshot(gauge.build());
        });
        return all.build();
    }

    private static HistogramSnapshot.HistogramDataPointSnapshot point(MeterId id, Cell.Duration cell) {
        return HistogramSnapshot.HistogramDataPointSnapshot.builder()
                .labels(labels(id.tags()))
                .classicHistogramBuckets(ClassicHistogramBuckets.of(Cell.Duration.bounds(), cell.counts()))
                .sum(cell.nanos() / (double) TimeUnit.SECONDS.toNanos(1))
                .build();
    }

    private static GaugeSnapshot.GaugeDataPointSnapshot point(Meters.Sample sample) {
        return GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(labels(sample.tags()))
                .value(sample.value())
                .build();
    }

    private static Labels labels(List<String> tags) {
        return Labels.of(tags.toArray(String[]::new));
    }
}
