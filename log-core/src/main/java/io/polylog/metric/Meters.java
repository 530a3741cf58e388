package io.polylog.metric;

import java.util.function.DoubleSupplier;

/** Makes meters. Names are Prometheus style, {@code polylog_messages_in_total}; tags come in pairs, name then value. */
public interface Meters {

    Counter counter(String name, String... tags);

    Timer timer(String name, String... tags);

    /** A value that is read when the metrics are; {@code value} must be cheap and thread-safe. */
    void gauge(String name, DoubleSupplier value, String... tags);

    /** Counts up; any thread. */
    @FunctionalInterface
    interface Counter {
        void add(long amount);
    }

    /** Records durations; any thread. */
    @FunctionalInterface
    interface Timer {
        void record(long nanos);
    }

    /** Meters that nobody reads. */
    static Meters none() {
        return new Meters() {
            @Override
            public Counter counter(String name, String... tags) {
                return amount -> {};
            }

            @Override
            public Timer timer(String name, String... tags) {
                return nanos -> {};
            }

            @Override
            public void gauge(String name, DoubleSupplier value, String... tags) {}
        };
    }
}
