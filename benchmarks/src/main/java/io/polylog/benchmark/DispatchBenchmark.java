package io.polylog.benchmark;

import io.polylog.dispatch.Cursor;
import io.polylog.record.StoredRecord;
import io.polylog.record.TopicPartition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Cursors that read a whole log from its start to its end, as subscribers of MQTT and receivers of AMQP do: read ahead,
 * decoded and handed to the owner's thread. Time for each record of the log, whatever the number of cursors: what they
 * share is paid once.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 4, time = 2)
@Fork(1)
public class DispatchBenchmark {

    private static final int BATCHES = 2000;
    private static final int RECORDS = 64;

    @Param({"100", "1024"})
    int valueBytes;

    @Param({"1", "20"})
    int cursors;

    private @Nullable TemporaryLog log;
    private final ExecutorService owner = Executors.newSingleThreadExecutor();

    @Setup
    public void fill() throws IOException {
        TemporaryLog filled = TemporaryLog.open("os");
        filled.fill(BATCHES, TemporaryLog.records(RECORDS, valueBytes));
        log = filled;
    }

    @TearDown
    public void close() throws IOException {
        owner.shutdownNow();
        Objects.requireNonNull(log).close();
    }

    @Benchmark
    @OperationsPerInvocation(BATCHES * RECORDS)
    public int readAll() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(cursors);
        List<Reading> readings = new ArrayList<>(cursors);
        for (int i = 0; i < cursors; i++) {
            Reading reading = new Reading(Objects.requireNonNull(log), owner, done);
            readings.add(reading);
            owner.execute(reading);
        }
        done.await();
        return readings.stream().mapToInt(reading -> reading.bytes).sum();
    }

    /** One cursor, on the owner's thread. */
    private static final class Reading implements Runnable {

        private static final int POLLED = 100;

        private final Cursor cursor;
        private final CountDownLatch done;
        private int records;
        private int bytes;

        Reading(TemporaryLog log, ExecutorService owner, CountDownLatch done) {
            TopicPartition partition = log.topic().partition(0);
            this.cursor = log.gateway().dispatcher().open(partition, 0, owner, this);
            this.done = done;
        }

        @Override
        public void run() {
            List<StoredRecord> polled = cursor.poll(POLLED);
            while (!polled.isEmpty()) {
                for (StoredRecord stored : polled) {
                    byte[] value = stored.record().value();
                    bytes += value == null ? 0 : value.length;
                }
                records += polled.size();
                if (records == BATCHES * RECORDS) {
                    cursor.close();
                    done.countDown();
                    return;
                }
                polled = cursor.poll(POLLED);
            }
        }
    }
}
