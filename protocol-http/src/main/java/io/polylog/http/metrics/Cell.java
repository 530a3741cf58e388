package io.polylog.http.metrics;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/** Where the value of one meter is kept. Any thread may write and read. */
sealed interface Cell {

    void expose(MeterId id, PrometheusExposition exposition);

    /** Counts up. */
    final class Count implements Cell {
        private final LongAdder sum = new LongAdder();

        void add(long amount) {
            sum.add(amount);
        }

        long sum() {
            return sum.sum();
        }

        @Override
        public void expose(MeterId id, PrometheusExposition exposition) {
            exposition.expose(id, this);
        }
    }

    /** How many durations there were, and how long they were together. */
    final class Duration implements Cell {
        private final LongAdder count = new LongAdder();
        private final LongAdder nanos = new LongAdder();

        void record(long duration) {
            count.increment();
            nanos.add(duration);
        }

        long count() {
            return count.sum();
        }

        long nanos() {
            return nanos.sum();
        }

        @Override
        public void expose(MeterId id, PrometheusExposition exposition) {
            exposition.expose(id, this);
        }
    }

    /** Read when asked. */
    final class Reading implements Cell {
        private volatile DoubleSupplier value = () -> Double.NaN;

        void read(DoubleSupplier newer) {
            value = newer;
        }

        double value() {
            return value.getAsDouble();
        }

        @Override
        public void expose(MeterId id, PrometheusExposition exposition) {
            exposition.expose(id, this);
        }
    }
}
