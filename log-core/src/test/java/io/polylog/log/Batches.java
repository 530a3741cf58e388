package io.polylog.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;

/** Batches for tests, placed or not. */
final class Batches {

    private Batches() {}

    /** One record for each timestamp. */
    static RecordBatch of(long... timestamps) {
        List<Record> records = new ArrayList<>();
        for (long timestamp : timestamps) {
            records.add(new Record(null, ("at " + timestamp).getBytes(UTF_8), timestamp, Headers.EMPTY));
        }
        return RecordBatch.encode(records);
    }

    static RecordBatch compressed(CompressionType type, long... timestamps) {
        MemoryRecordsBuilder builder = MemoryRecords.builder(
                ByteBuffer.allocate(1024), Compression.of(type).build(), TimestampType.CREATE_TIME, 0L);
        for (long timestamp : timestamps) {
            builder.append(timestamp, null, ("at " + timestamp).getBytes(UTF_8));
        }
        return new RecordBatch(builder.build().buffer());
    }

    static RecordBatch ofSize(int recordCount, int valueBytes, long timestamp) {
        List<Record> records = new ArrayList<>();
        for (int i = 0; i < recordCount; i++) {
            records.add(new Record(null, new byte[valueBytes], timestamp, Headers.EMPTY));
        }
        return RecordBatch.encode(records);
    }

    static RecordBatch placed(RecordBatch batch, long baseOffset, int leaderEpoch) {
        batch.place(baseOffset, leaderEpoch);
        return batch;
    }

    /** Cuts a slice's bytes into its batches. */
    static List<RecordBatch> in(ByteBuffer bytes) {
        List<RecordBatch> batches = new ArrayList<>();
        int at = 0;
        while (at < bytes.limit()) {
            int size = RecordBatch.sizeAt(bytes, at);
            batches.add(new RecordBatch(bytes.slice(at, size)));
            at += size;
        }
        return batches;
    }
}
