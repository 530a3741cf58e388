package io.polylog.http.metrics;

import io.polylog.metric.Meters;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

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

    /** How many durations there were, how long they were together, and how many were no longer than each bound. */
    final class Duration implements Cell {

        /** From a tenth of a millisecond, for a fast disk, to ten minutes, for a schedule that a stopped gateway missed. */
        private static final double[] BOUNDS_SECONDS = {
            0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600
        };

        private static final long[] BOUNDS_NANOS = Arrays.stream(BOUNDS_SECONDS)
                .mapToLong(seconds -> Math.round(seconds * 1e9))
                .toArray();

        /** One for each bound, and one for what is longer. */
        private final LongAdder[] counts =
                Stream.generate(LongAdder::new).limit(BOUNDS_NANOS.length + 1L).toArray(LongAdder[]::new);

        private final LongAdder nanos = new LongAdder();

        void record(long duration) {
            int place = Arrays.binarySearch(BOUNDS_NANOS, duration);
            counts[place < 0 ? -place - 1 : place].increment();
            nanos.add(duration);
        }

        long nanos() {
            return nanos.sum();
        }

        /** Upper bounds in seconds, the last one infinite. */
        static List<Double> bounds() {
            return Stream.concat(Arrays.stream(BOUNDS_SECONDS).boxed(), Stream.of(Double.POSITIVE_INFINITY))
                    .toList();
        }

        /** How many there were between each bound and the one before it. */
        List<Long> counts() {
            return Arrays.stream(counts).map(LongAdder::sum).toList();
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

    /** Several values, read together when asked. */
    final class Readings implements Cell {
        private volatile Supplier<List<Meters.Sample>> values = List::of;

        void read(Supplier<List<Meters.Sample>> newer) {
            values = newer;
        }

        List<Meters.Sample> values() {
            return values.get();
        }

        @Override
        public void expose(MeterId id, PrometheusExposition exposition) {
            exposition.expose(id, this);
        }
    }
}
