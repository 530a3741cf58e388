package io.polylog.testkit;

import io.polylog.broker.Fetcher;
import io.polylog.broker.LogRead;
import io.polylog.broker.Topics;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import io.polylog.record.StoredRecord;
import io.polylog.record.TopicPartition;
import io.polylog.spi.AdapterContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Reads what a topic holds, past every door. Stateless; not for event loops. */
public final class LogContents {

    private static final int MAX_BYTES = 1 << 20;
    private static final int PATIENCE_SECONDS = 30;

    private LogContents() {}

    /** All records of a topic, by partition and then in their order; none if there is no such topic. */
    public static List<Record> of(AdapterContext context, String topic) {
        List<Record> records = new ArrayList<>();
        for (TopicPartition partition :
                context.topics().find(topic).map(Topics::partitions).orElse(List.of())) {
            of(context, partition).forEach(stored -> records.add(stored.record()));
        }
        return records;
    }

    /** All records of a partition, in their order. */
    public static List<StoredRecord> of(AdapterContext context, TopicPartition partition) {
        List<StoredRecord> records = new ArrayList<>();
        long offset = 0;
        while (offset < context.fetcher().offsets(partition).highWatermark()) {
            offset = read(context.fetcher(), partition, offset, records);
        }
        return records;
    }

    /** Adds some records from an offset on; answers the next. */
    private static long read(Fetcher fetcher, TopicPartition partition, long offset, List<StoredRecord> records) {
        long next = offset;
        try (LogRead read = fetcher.read(partition, offset, MAX_BYTES, true)
                .toCompletableFuture()
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join()) {
            ByteBuffer bytes = read.slice().toBuffer();
            while (bytes.hasRemaining()) {
                int size = RecordBatch.sizeAt(bytes, bytes.position());
                RecordBatch batch = new RecordBatch(bytes.slice(bytes.position(), size));
                records.addAll(batch.decode());
                bytes.position(bytes.position() + size);
                next = batch.lastOffset() + 1;
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return next;
    }
}
