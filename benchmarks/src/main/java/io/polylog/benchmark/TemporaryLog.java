package io.polylog.benchmark;

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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** A log of one topic with one partition, on the disk that holds the temporary directory. Closing it removes it. */
final class TemporaryLog implements AutoCloseable {

    private final Path directory;
    private final LogNode node;
    private final AdapterContext gateway;
    private final Topic topic;

    private TemporaryLog(Path directory, LogNode node) {
        this.directory = directory;
        this.node = node;
        this.gateway = node.context(new Readiness());
        this.topic = gateway.topics().ensure("benchmark").toCompletableFuture().join();
    }

    /**
     * @param durability {@code fsync} or {@code os}
     */
    static TemporaryLog open(String durability) throws IOException {
        Path directory = Files.createTempDirectory("polylog-benchmark");
        Settings settings = Settings.of(Map.of(
                LogKeys.DATA_DIR.name(), directory.resolve("data").toString(), LogKeys.DURABILITY.name(), durability));
        LogNode node = LogNode.open(
                settings, Environment.system(Meters.none()), (what, cause) -> System.err.println(what + ": " + cause));
        return new TemporaryLog(directory, node);
    }

    AdapterContext gateway() {
        return gateway;
    }

    Topic topic() {
        return topic;
    }

    /** Appends batches of the same records until there are so many of them, and waits for each batch. */
    void fill(int batches, List<Record> records) {
        for (int i = 0; i < batches; i++) {
            append(RecordBatch.encode(records));
        }
    }

    void append(RecordBatch batch) {
        gateway.appender()
                .append(topic.partition(0), batch)
                .toCompletableFuture()
                .join();
    }

    /** Records without keys, of random bytes. */
    static List<Record> records(int count, int valueBytes) {
        Random random = new Random(1);
        List<Record> records = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            byte[] value = new byte[valueBytes];
            random.nextBytes(value);
            records.add(new Record(null, value, 0, Headers.EMPTY));
        }
        return records;
    }

    @Override
    public void close() throws IOException {
        node.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(TemporaryLog::delete);
        }
    }

    private static void delete(Path path) {
        try {
            Files.delete(path);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
