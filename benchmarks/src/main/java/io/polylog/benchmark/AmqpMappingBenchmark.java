package io.polylog.benchmark;

import io.polylog.amqp.message.DeliveryNote;
import io.polylog.amqp.message.MessageDecoder;
import io.polylog.amqp.message.MessageEncoder;
import io.polylog.record.Record;
import io.polylog.record.TopicPartition;
import java.util.Random;
import java.util.UUID;
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

/** A record to an AMQP 1.0 message, and that message to a record again: what one transfer costs apart from its frame. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AmqpMappingBenchmark {

    private static final long NOW = 1_700_000_000_000L;
    private static final int VALUE_BYTES = 1024;

    /** How many headers beside the value; the first are those that AMQP has fields for. */
    @Param({"0", "8"})
    int headerCount;

    private DeliveryNote note = note(0);
    private byte[] message = {};

    @Setup
    public void map() {
        note = note(headerCount);
        message = MessageEncoder.local().encode(note, NOW);
    }

    private static DeliveryNote note(int headerCount) {
        byte[] value = new byte[VALUE_BYTES];
        new Random(1).nextBytes(value);
        Record record = new Record(null, value, NOW, Samples.headers(headerCount));
        return new DeliveryNote(new TopicPartition(new UUID(1, 1), "orders", 0), 1, 0, 0, record);
    }

    @Benchmark
    public byte[] toMessage() {
        return MessageEncoder.local().encode(note, NOW);
    }

    @Benchmark
    public Record toRecord() {
        return MessageDecoder.local().decode(message, NOW, field -> {});
    }
}
