package io.polylog.engine;

import io.polylog.record.RecordBatch;
import io.polylog.record.StoredRecord;
import io.polylog.record.TopicPartition;
import io.polylog.session.Retained;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/**
 * Sets or clears the retained value of a name, in the group that is its home. Body: text name, topic id, text topic, int32
 * partition, int64 offset, and the record as a batch of one, or nothing to clear.
 *
 * @param batch empty to clear
 */
public record RetainValue(String name, UUID topicId, String topic, int partition, long offset, ByteBuffer batch)
        implements Transfer {

    static final byte TYPE = 40;

    /** The value that a record gives to a name: none if the record is empty. */
    static RetainValue of(String name, TopicPartition partition, StoredRecord stored) {
        byte[] value = stored.record().value();
        ByteBuffer batch = value == null || value.length == 0
                ? ByteBuffer.allocate(0)
                : RecordBatch.encode(List.of(stored.record())).buffer();
        return new RetainValue(
                name, partition.topicId(), partition.topic(), partition.partition(), stored.offset(), batch);
    }

    public boolean clears() {
        return !batch.hasRemaining();
    }

    /** There must be a value. */
    public Retained retained() {
        StoredRecord first = new RecordBatch(batch.duplicate()).decode().get(0);
        return new Retained(
                name, new TopicPartition(topicId, topic, partition), new StoredRecord(offset, first.record()));
    }

    @Override
    public byte type() {
        return TYPE;
    }

    @Override
    public int sizeInBytes() {
        return Encoding.sizeOf(name)
                + Encoding.UUID_BYTES
                + Encoding.sizeOf(topic)
                + Integer.BYTES
                + Long.BYTES
                + batch.remaining();
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putText(target, name);
        Encoding.putUuid(target, topicId);
        Encoding.putText(target, topic);
        target.putInt(partition).putLong(offset).put(batch.duplicate());
    }

    static RetainValue read(ByteBuffer body) {
        return new RetainValue(
                Encoding.text(body),
                Encoding.uuid(body),
                Encoding.text(body),
                body.getInt(),
                body.getLong(),
                body.slice());
    }

    @Override
    public boolean applyTo(GroupState state, ApplyContext context) {
        state.retained().set(this, context);
        return true;
    }
}
