package io.polylog.server.powercut;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Records and batches of what is sent. */
final class Values {

    private static final long TIMESTAMP_MS = 1_000;

    private Values() {}

    static Record record(Sent sent, int size) {
        return new Record(null, sent.value(size).getBytes(UTF_8), TIMESTAMP_MS, Headers.EMPTY);
    }

    static Sent sent(Record record) {
        return Sent.of(new String(Objects.requireNonNull(record.value(), "value"), UTF_8));
    }

    /** A batch of an idempotent producer, epoch 0. */
    static RecordBatch batch(long producerId, int baseSequence, List<Sent> values) {
        SimpleRecord[] records = values.stream()
                .map(sent -> new SimpleRecord(TIMESTAMP_MS, sent.value(0).getBytes(UTF_8)))
                .toArray(SimpleRecord[]::new);
        return new RecordBatch(
                MemoryRecords.withIdempotentRecords(Compression.NONE, producerId, (short) 0, baseSequence, records)
                        .buffer());
    }
}
