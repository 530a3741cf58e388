package io.polylog.http.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

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
                .contains("\npolylog_append_seconds_count 2\n")
                .contains("\npolylog_append_seconds_sum 2.0\n");
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
