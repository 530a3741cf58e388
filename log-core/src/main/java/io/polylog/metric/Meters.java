package io.polylog.metric;

import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** Makes meters. Names are Prometheus style, {@code polylog_messages_in_total}; tags come in pairs, name then value. */
public interface Meters {

    Counter counter(String name, String... tags);

    Timer timer(String name, String... tags);

    /** A value that is read when the metrics are; {@code value} must be cheap and thread-safe. */
    void gauge(String name, DoubleSupplier value, String... tags);

    /**
     * Any number of values under one name, that come and go, read together when the metrics are; {@code values} may wait a
     * moment, but is called by one reader at a time.
     */
    default void gauges(String name, Supplier<List<Sample>> values) {}

    /** Forgets a meter; what is counted with it afterwards is seen by nobody. */
    default void remove(String name, String... tags) {}

    /**
     * One of several values.
     *
     * @param tags in pairs, name then value; the same names for all values of a meter
     */
    record Sample(double value, List<String> tags) {
        public Sample {
            tags = List.copyOf(tags);
        }
    }

    /** Counts up; any thread. */
    @FunctionalInterface
    interface Counter {
        void add(long amount);
    }

    /** Records durations, and how they are distributed; any thread. */
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
