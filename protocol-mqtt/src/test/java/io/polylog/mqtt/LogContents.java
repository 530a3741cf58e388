package io.polylog.mqtt;

import io.polylog.broker.LogRead;
import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads what a topic holds, past every door. */
final class LogContents {

    private LogContents() {}

    static List<Record> records(MqttGateway gateway, Topic topic) throws IOException {
        List<Record> records = new ArrayList<>();
        for (TopicPartition partition : Topics.partitions(topic)) {
            try (LogRead read = MqttGateway.await(gateway.context().fetcher().read(partition, 0, 1 << 24, true))) {
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
