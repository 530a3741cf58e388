package io.polylog.engine;

import io.polylog.broker.Topic;
import java.nio.ByteBuffer;
import java.util.UUID;

/** Removes a topic from the metadata group; its partitions follow by {@link DeletePartition}. Body: topic id. */
public record DeleteTopic(UUID topicId) implements Command<Topic> {

    static final byte TYPE = 4;

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
        return Encoding.UUID_BYTES;
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putUuid(target, topicId);
    }

    static DeleteTopic read(ByteBuffer body) {
        return new DeleteTopic(Encoding.uuid(body));
    }

    @Override
    public Topic applyTo(GroupState state, ApplyContext context) {
        return state.topics().delete(topicId, context);
    }
}
