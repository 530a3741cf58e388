package io.polylog.engine;

import io.polylog.broker.Topic;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.UUID;

/**
 * Enters a topic into the metadata group; its partitions are made by {@link CreatePartition} in their own groups. Body:
 * topic id, name, int32 partition count, settings.
 */
public record CreateTopic(UUID topicId, String name, int partitionCount, Map<String, String> config)
        implements Command<Topic> {

    static final byte TYPE = 2;

    @Override
    public byte type() {
        return TYPE;
    }

    /** The gateway makes its own topics for consumers' sake. */
    @Override
    public Growth growth() {
        return name.startsWith("__") ? Growth.LITTLE : Growth.MUCH;
    }

    @Override
    public int sizeInBytes() {
        return Encoding.UUID_BYTES + Encoding.sizeOf(name) + Integer.BYTES + Encoding.sizeOf(config);
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putUuid(target, topicId);
        Encoding.putText(target, name);
        target.putInt(partitionCount);
        Encoding.putMap(target, config);
    }

    static CreateTopic read(ByteBuffer body) {
        return new CreateTopic(Encoding.uuid(body), Encoding.text(body), body.getInt(), Encoding.map(body));
    }

    @Override
    public Topic applyTo(GroupState state, ApplyContext context) {
        return state.topics().create(new Topic(topicId, name, partitionCount, config), context);
    }
}
