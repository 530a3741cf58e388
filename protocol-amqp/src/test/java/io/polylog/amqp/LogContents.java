package io.polylog.amqp;

import io.polylog.broker.LogRead;
import io.polylog.broker.Topics;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import io.polylog.testkit.TestGateway;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Reads what a topic holds, past every door. */
final class LogContents {
    private static final int MAX_BYTES = 1 << 24;

    private LogContents() {}

    /** Of a topic that need not be there. */
    static List<Record> of(TestGateway gateway, String topic) throws Exception {
        List<Record> records = new ArrayList<>();
        for (TopicPartition partition :
                gateway.context().topics().find(topic).map(Topics::partitions).orElse(List.of())) {
            try (LogRead read = gateway.context()
                    .fetcher()
                    .read(partition, 0, MAX_BYTES, true)
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS)) {
                ByteBuffer bytes = read.slice().toBuffer();
                while (bytes.hasRemaining()) {
                    int size = RecordBatch.sizeAt(bytes, bytes.position());
                    new RecordBatch(bytes.slice(bytes.position(), size))
                            .decode()
                            .forEach(stored -> records.add(stored.record()));
                    bytes.position(bytes.position() + size);
                }
            }
        }
        return records;
    }
}
