package io.polylog.engine;

import io.polylog.record.TopicPartition;
import java.nio.ByteBuffer;
import java.util.UUID;

/** Makes one partition in its home group; does nothing if it exists. Body: topic id, name, int32 partition. */
public record CreatePartition(UUID topicId, String topic, int partition) implements Command<Boolean> {

    static final byte TYPE = 5;

    @Override
    public byte type() {
        return TYPE;
    }

    @Override
    public Growth growth() {
        return Growth.NONE;
    }

    @Override
    public int sizeInBytes() {
        return Encoding.UUID_BYTES + Encoding.sizeOf(topic) + Integer.BYTES;
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putUuid(target, topicId);
        Encoding.putText(target, topic);
        target.putInt(partition);
    }

    static CreatePartition read(ByteBuffer body) {
        return new CreatePartition(Encoding.uuid(body), Encoding.text(body), body.getInt());
    }

    @Override
    public Boolean applyTo(GroupState state, ApplyContext context) {
        return state.partitions().create(new TopicPartition(topicId, topic, partition), context);
    }
}
