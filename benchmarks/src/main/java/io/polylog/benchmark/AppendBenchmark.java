package io.polylog.benchmark;

import io.polylog.broker.AppendResult;
import io.polylog.broker.Topic;
import io.polylog.config.Settings;
import io.polylog.metric.Meters;
import io.polylog.node.Environment;
import io.polylog.node.LogKeys;
import io.polylog.node.LogNode;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import io.polylog.spi.AdapterContext;
import io.polylog.spi.Readiness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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

    private @Nullable Path directory;
    private @Nullable LogNode node;
    private @Nullable AdapterContext gateway;
    private @Nullable Topic topic;
    private List<Record> records = List.of();

    @Setup
    public void open() throws IOException {
        Path data = Files.createTempDirectory("polylog-append");
        LogNode opened = LogNode.open(
                Settings.of(Map.of(
                        LogKeys.DATA_DIR.name(),
                        data.resolve("data").toString(),
                        LogKeys.DURABILITY.name(),
                        durability)),
                Environment.system(Meters.none()),
                (what, cause) -> System.err.println(what + ": " + cause));
        directory = data;
        node = opened;
        gateway = opened.context(new Readiness());
        topic = gateway.topics().ensure("appends").toCompletableFuture().join();
        byte[] value = new byte[VALUE_BYTES];
        new Random(1).nextBytes(value);
        records = Collections.nCopies(RECORDS, new Record(null, value, 0, Headers.EMPTY));
    }

    @TearDown
    public void close() throws IOException {
        if (node != null) {
            node.close();
        }
        if (directory != null) {
            try (Stream<Path> files = Files.walk(directory)) {
                files.sorted(Comparator.reverseOrder()).forEach(AppendBenchmark::delete);
            }
        }
    }

    private static void delete(Path path) {
        try {
            Files.delete(path);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    @Threads(1)
    public AppendResult oneCaller() {
        return append();
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    @Threads(32)
    public AppendResult thirtyTwoCallers() {
        return append();
    }

    private AppendResult append() {
        if (gateway == null || topic == null) {
            throw new IllegalStateException("not set up");
        }
        return gateway.appender()
                .append(topic.partition(0), RecordBatch.encode(records))
                .toCompletableFuture()
                .join();
    }
}
