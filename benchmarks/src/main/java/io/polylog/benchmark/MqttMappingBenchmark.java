package io.polylog.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.metric.Meters;
import io.polylog.mqtt.message.Message;
import io.polylog.mqtt.message.RecordMapper;
import io.polylog.mqtt.message.TopicMapping;
import io.polylog.record.Record;
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

/** A record to an MQTT message, and a publish to its place in the log and its record; packets are not part of it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MqttMappingBenchmark {

    private static final long NOW = 1_700_000_000_000L;
    private static final int VALUE_BYTES = 256;
    private static final String LOG_TOPIC = "orders";

    /** How many headers beside the value; the first are those that MQTT 5 has fields for. */
    @Param({"0", "8"})
    int headerCount;

    private final RecordMapper mapper = new RecordMapper(Meters.none());
    private Record record = record(0);
    private Message message = message(record);

    @Setup
    public void map() {
        record = record(headerCount);
        message = message(record);
    }

    private static Record record(int headerCount) {
        byte[] value = new byte[VALUE_BYTES];
        new Random(1).nextBytes(value);
        return new Record("eu/42".getBytes(UTF_8), value, NOW, Samples.headers(headerCount));
    }

    private Message message(Record of) {
        return mapper.toMessage(LOG_TOPIC, of, NOW).orElseThrow();
    }

    @Benchmark
    public Message toMessage() {
        return message(record);
    }

    @Benchmark
    public Record toRecord() {
        return mapper.toRecord(message, TopicMapping.route(message.topic(), LOG_TOPIC::equals), null, NOW);
    }
}
