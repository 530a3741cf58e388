package io.polylog.benchmark;

import io.polylog.broker.Fetcher;
import io.polylog.broker.LogRead;
import io.polylog.broker.LogSlice;
import io.polylog.record.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * Reads through {@link Fetcher} of a log that is in the page cache, to {@code /dev/null}, as a Kafka fetch goes to its
 * socket, and into memory: from the call to the bytes, for each read. A read begins at one of the log's batches and takes
 * up to so many bytes; with a limit of 1, that batch.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class FetchBenchmark {

    private static final int BATCHES = 1000;
    private static final int RECORDS = 64;
    private static final int READS = BATCHES / 4;

    @Param({"100", "1024"})
    int valueBytes;

    @Param({"1", "1048576"})
    int maxBytes;

    private @Nullable TemporaryLog log;
    private @Nullable FileChannel nowhere;

    @Setup
    public void fill() throws IOException {
        TemporaryLog filled = TemporaryLog.open("os");
        filled.fill(BATCHES, TemporaryLog.records(RECORDS, valueBytes));
        log = filled;
        nowhere = FileChannel.open(Path.of("/dev/null"), StandardOpenOption.WRITE);
    }

    @TearDown
    public void close() throws IOException {
        Objects.requireNonNull(log).close();
        Objects.requireNonNull(nowhere).close();
    }

    /** One read for each fourth batch of the log. */
    @Benchmark
    @OperationsPerInvocation(READS)
    public long transfer() throws IOException {
        FileChannel target = Objects.requireNonNull(nowhere);
        long bytes = 0;
        for (int i = 0; i < READS; i++) {
            try (LogRead read = read(i)) {
                LogSlice slice = read.slice();
                bytes += slice.transferTo(target, 0, slice.sizeInBytes());
            }
        }
        return bytes;
    }

    @Benchmark
    @OperationsPerInvocation(READS)
    public long copy() throws IOException {
        long bytes = 0;
        for (int i = 0; i < READS; i++) {
            try (LogRead read = read(i)) {
                ByteBuffer copied = read.slice().toBuffer();
                bytes += copied.remaining();
            }
        }
        return bytes;
    }

    private LogRead read(int i) {
        TemporaryLog opened = Objects.requireNonNull(log);
        TopicPartition partition = opened.topic().partition(0);
        long offset = (long) i * (BATCHES / READS) * RECORDS;
        return opened.gateway()
                .fetcher()
                .read(partition, offset, maxBytes, true)
                .toCompletableFuture()
                .join();
    }
}
