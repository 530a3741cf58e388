package io.polylog.http.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.polylog.metric.Meters;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MicrometerMetersTest {

    private final MicrometerMeters meters = new MicrometerMeters();

    @Test
    void keepsTheNamesOfCounters() {
        meters.counter("polylog_messages_in_total", "protocol", "kafka").add(2);
        assertThat(meters.scrape()).contains("\npolylog_messages_in_total{protocol=\"kafka\"} 2.0\n");
    }

    @Test
    void sameNameAndTagsAreOneCounter() {
        meters.counter("polylog_messages_in_total", "protocol", "kafka").add(2);
        meters.counter("polylog_messages_in_total", "protocol", "kafka").add(3);
        assertThat(meters.scrape()).contains("\npolylog_messages_in_total{protocol=\"kafka\"} 5.0\n");
    }

    @Test
    void timersCountAndSumInSeconds() {
        var timer = meters.timer("polylog_append_seconds");
        timer.record(TimeUnit.MILLISECONDS.toNanos(1500));
        timer.record(TimeUnit.MILLISECONDS.toNanos(500));
        assertThat(meters.scrape())
                .contains("\npolylog_append_seconds_bucket{le=\"0.25\"} 0\n")
                .contains("\npolylog_append_seconds_bucket{le=\"0.5\"} 1\n")
                .contains("\npolylog_append_seconds_bucket{le=\"2.5\"} 2\n")
                .contains("\npolylog_append_seconds_bucket{le=\"+Inf\"} 2\n")
                .contains("\npolylog_append_seconds_count 2\n")
                .contains("\npolylog_append_seconds_sum 2.0\n");
    }

    @Test
    void durationsBeyondAllBoundsAreCounted() {
        meters.timer("polylog_append_seconds", "kind", "a").record(TimeUnit.HOURS.toNanos(1));
        meters.timer("polylog_append_seconds", "kind", "b").record(0);
        assertThat(meters.scrape())
                .contains("\npolylog_append_seconds_bucket{kind=\"a\",le=\"600.0\"} 0\n")
                .contains("\npolylog_append_seconds_bucket{kind=\"a\",le=\"+Inf\"} 1\n")
                .contains("\npolylog_append_seconds_bucket{kind=\"b\",le=\"1.0E-4\"} 1\n");
    }

    @Test
    void valuesThatComeAndGoAreReadWhenScraped() {
        List<Meters.Sample> samples = new ArrayList<>();
        meters.gauges("polylog_group_lag", () -> samples);
        assertThat(meters.scrape()).doesNotContain("polylog_group_lag{");
        samples.add(new Meters.Sample(3, List.of("group", "g", "topic", "t")));
        assertThat(meters.scrape()).contains("\npolylog_group_lag{group=\"g\",topic=\"t\"} 3.0\n");
        samples.clear();
        assertThat(meters.scrape()).doesNotContain("polylog_group_lag{");
    }

    @Test
    void removedMetersAreGoneAndMayComeAgain() {
        meters.counter("polylog_dead_letters_total", "topic", "t").add(1);
        meters.scrape();
        meters.remove("polylog_dead_letters_total", "topic", "t");
        meters.remove("polylog_dead_letters_total", "topic", "never");
        assertThat(meters.scrape()).doesNotContain("polylog_dead_letters_total");
        meters.counter("polylog_dead_letters_total", "topic", "t").add(2);
        assertThat(meters.scrape()).contains("\npolylog_dead_letters_total{topic=\"t\"} 2.0\n");
    }

    @Test
    void gaugesAreReadWhenScraped() {
        double[] value = {1};
        meters.gauge("polylog_partitions", () -> value[0]);
        value[0] = 7;
        assertThat(meters.scrape()).contains("\npolylog_partitions 7.0\n");
    }

    @Test
    void metersMadeAfterAScrapeAreInTheNext() {
        meters.scrape();
        meters.counter("polylog_messages_in_total").add(4);
        assertThat(meters.scrape()).contains("\npolylog_messages_in_total 4.0\n");
    }

    @Test
    void aGaugeRegisteredAgainReadsTheNewerValue() {
        meters.gauge("polylog_connections", () -> 1, "protocol", "http");
        meters.scrape();
        meters.gauge("polylog_connections", () -> 2, "protocol", "http");
        assertThat(meters.scrape()).contains("\npolylog_connections{protocol=\"http\"} 2.0\n");
    }

    @Test
    void oneNameAndTagsCannotBeTwoKinds() {
        meters.counter("polylog_messages_in_total");
        assertThatIllegalStateException().isThrownBy(() -> meters.timer("polylog_messages_in_total"));
    }

    @Test
    void showsTheProcess() {
        assertThat(meters.scrape())
                .contains("jvm_memory_used_bytes")
                .contains("jvm_threads_live_threads")
                .contains("process_uptime_seconds")
                .contains("process_cpu_usage");
    }
}
