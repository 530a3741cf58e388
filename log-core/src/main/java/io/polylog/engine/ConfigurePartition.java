package io.polylog.engine;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.UUID;

/**
 * Tells a partition those of its topic's settings that it decides by; the reply is whether they are new to it. Body: topic id,
 * int32 partition, settings.
 */
public record ConfigurePartition(UUID topicId, int partition, PartitionSettings settings) implements Command<Boolean> {

    static final byte TYPE = 70;

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
        return Encoding.UUID_BYTES + Integer.BYTES + Encoding.sizeOf(settings.config());
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putUuid(target, topicId);
        target.putInt(partition);
        Encoding.putMap(target, settings.config());
    }

    static ConfigurePartition read(ByteBuffer body) {
        UUID topicId = Encoding.uuid(body);
        int partition = body.getInt();
        Map<String, String> config = Encoding.map(body);
        return new ConfigurePartition(topicId, partition, new PartitionSettings(config));
    }

    @Override
    public Boolean applyTo(GroupState state, ApplyContext context) {
        return state.partitions().configure(topicId, partition, settings, context);
    }
}
