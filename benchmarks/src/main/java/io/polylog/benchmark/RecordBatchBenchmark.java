package io.polylog.benchmark;

import io.polylog.record.BatchValidator;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import io.polylog.record.StoredRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to build a batch from records (each publish through MQTT, AMQP and routes), to take it apart again (each
 * delivery to them), and to check one that a Kafka producer sent. Per batch, so divide by its records.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RecordBatchBenchmark {

    @Param({"1", "100"})
    int recordCount;

    @Param({"100", "1024"})
    int valueBytes;

    private List<Record> records = List.of();
    private RecordBatch batch = RecordBatch.encode(List.of(new Record(null, null, 0, Headers.EMPTY)));

    @Setup
    public void fill() {
        Random random = new Random(1);
        List<Record> filled = new ArrayList<>(recordCount);
        for (int i = 0; i < recordCount; i++) {
            byte[] key = new byte[16];
            byte[] value = new byte[valueBytes];
            random.nextBytes(key);
            random.nextBytes(value);
            filled.add(new Record(
                    key,
                    value,
                    i,
                    Headers.builder().text("content-type", "application/json").build()));
        }
        records = filled;
        batch = RecordBatch.encode(filled);
    }

    @Benchmark
    public RecordBatch encode() {
        return RecordBatch.encode(records);
    }

    @Benchmark
    public List<StoredRecord> decode() {
        return batch.decode();
    }

    @Benchmark
    public List<RecordBatch> validate() {
        return BatchValidator.validate(batch.buffer(), Integer.MAX_VALUE).stream()
                .map(BatchValidator.Valid::batch)
                .toList();
    }
}
