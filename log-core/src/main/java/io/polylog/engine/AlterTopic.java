package io.polylog.engine;

import io.polylog.broker.Topic;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.UUID;

/**
 * Replaces a topic's settings and raises its partition count. Body: topic id, int32 partition count, settings. Refused
 * if the topic is gone or the count would shrink.
 */
public record AlterTopic(UUID topicId, int partitionCount, Map<String, String> config) implements Command<Topic> {

    static final byte TYPE = 3;

    @Override
    public byte type() {
        return TYPE;
    }

    @Override
    public int sizeInBytes() {
        return Encoding.UUID_BYTES + Integer.BYTES + Encoding.sizeOf(config);
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putUuid(target, topicId);
        target.putInt(partitionCount);
        Encoding.putMap(target, config);
    }

    static AlterTopic read(ByteBuffer body) {
        return new AlterTopic(Encoding.uuid(body), body.getInt(), Encoding.map(body));
    }

    @Override
    public Topic applyTo(GroupState state, ApplyContext context) {
        return state.topics().alter(topicId, partitionCount, config, context);
    }
}
