package io.polylog.mqtt.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.mqtt.codec.OutboundPublish;
import io.polylog.mqtt.message.Message;
import io.polylog.mqtt.message.RecordMapper;
import io.polylog.record.StoredRecord;
import io.polylog.record.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One record on its way to the sessions of a shard: mapped once, encoded once for each form that is asked for. Owned by
 * the shard; closed when the last of them has been served.
 */
final class Delivery implements AutoCloseable {

    private final TopicPartition partition;
    private final StoredRecord stored;
    private final Message message;
    private final @Nullable String publisher;
    private @Nullable OutboundPublish plain;
    private @Nullable OutboundPublish positioned;

    Delivery(TopicPartition partition, StoredRecord stored, Message message) {
        this.partition = partition;
        this.stored = stored;
        this.message = message;
        this.publisher = RecordMapper.clientId(stored.record()).orElse(null);
    }

    TopicPartition partition() {
        return partition;
    }

    long offset() {
        return stored.offset();
    }

    String topic() {
        return message.topic();
    }

    /** As published: 0 to 2. */
    int qos() {
        return message.qos();
    }

    boolean retain() {
        return message.retain();
    }

    boolean isFrom(String clientId) {
        return clientId.equals(publisher);
    }

    /**
     * @param position with partition, offset and timestamp as user properties
     */
    OutboundPublish packet(boolean position) {
        if (position) {
            if (positioned == null) {
                positioned = encode(message.withPosition(partition.partition(), stored));
            }
            return positioned;
        }
        if (plain == null) {
            plain = encode(message);
        }
        return plain;
    }

    private static OutboundPublish encode(Message message) {
        return new OutboundPublish(message.topic().getBytes(UTF_8), message.payload(), message.properties());
    }

    @Override
    public void close() {
        if (plain != null) {
            plain.release();
        }
        if (positioned != null) {
            positioned.release();
        }
    }
}
