package io.polylog.benchmark;

import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Durable appends through {@link io.polylog.broker.Appender}, on the disk that holds the temporary directory: from the
 * call to the completed stage. With several threads, appends share a force of the journal; so the rate grows far beyond
 * what one caller sees. Records per second: a batch counts as many as it holds.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class AppendBenchmark {

    private static final int RECORDS = 16;
    private static final int VALUE_BYTES = 1024;

    @Param({"fsync", "os"})
    String durability = "fsync";

    private @Nullable TemporaryLog log;
    private final List<Record> records = TemporaryLog.records(RECORDS, VALUE_BYTES);

    @Setup
    public void open() throws IOException {
        log = TemporaryLog.open(durability);
    }

    @TearDown
    public void close() throws IOException {
        Objects.requireNonNull(log).close();
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    @Threads(1)
    public void oneCaller() {
        Objects.requireNonNull(log).append(RecordBatch.encode(records));
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    @Threads(32)
    public void thirtyTwoCallers() {
        Objects.requireNonNull(log).append(RecordBatch.encode(records));
    }
}
