package io.polylog.engine;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KvIterator;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The topics that exist: durable state of the metadata group. Family {@code topics}: key topic id; value name, int32
 * partition count, settings. Apply thread.
 */
public final class TopicState {

    static final String FAMILY = "topics";

    private final Map<UUID, Topic> byId = new HashMap<>();
    private final Map<String, Topic> byName = new HashMap<>();

    void load(KeyValueStore store) {
        try (KvIterator rows = store.scan(FAMILY, new byte[0], Encoding.endOfUuidKeys())) {
            while (rows.next()) {
                UUID id = Encoding.uuid(ByteBuffer.wrap(rows.key()));
                ByteBuffer value = ByteBuffer.wrap(rows.value());
                remember(new Topic(id, Encoding.text(value), value.getInt(), Encoding.map(value)));
            }
        }
    }

    /** A copy of all topics. */
    public Collection<Topic> all() {
        return List.copyOf(byId.values());
    }

    Topic create(Topic topic, ApplyContext context) {
        if (byName.containsKey(topic.name())) {
            throw new RefusedException(Refusal.TOPIC_EXISTS, "topic " + topic.name() + " exists already");
        }
        store(topic, context);
        return topic;
    }

    Topic alter(UUID id, int partitionCount, Map<String, String> config, ApplyContext context) {
        Topic current = existing(id);
        if (partitionCount < current.partitionCount()) {
            throw new RefusedException(
                    Refusal.INVALID_PARTITION_COUNT,
                    "topic " + current.name() + " has " + current.partitionCount()
                            + " partitions; the number can only grow");
        }
        Topic changed = new Topic(id, current.name(), partitionCount, config);
        store(changed, context);
        return changed;
    }

    Topic delete(UUID id, ApplyContext context) {
        Topic topic = existing(id);
        byId.remove(id);
        byName.remove(topic.name());
        context.changes().delete(FAMILY, key(id));
        return topic;
    }

    private Topic existing(UUID id) {
        Topic topic = byId.get(id);
        if (topic == null) {
            throw new RefusedException(Refusal.UNKNOWN_TOPIC, "there is no topic with id " + id);
        }
        return topic;
    }

    private void store(Topic topic, ApplyContext context) {
        ByteBuffer value =
                ByteBuffer.allocate(Encoding.sizeOf(topic.name()) + Integer.BYTES + Encoding.sizeOf(topic.config()));
        Encoding.putText(value, topic.name());
        value.putInt(topic.partitionCount());
        Encoding.putMap(value, topic.config());
        context.changes().put(FAMILY, key(topic.id()), value.array());
        remember(topic);
    }

    private void remember(Topic topic) {
        byId.put(topic.id(), topic);
        byName.put(topic.name(), topic);
    }

    private static byte[] key(UUID id) {
        ByteBuffer key = ByteBuffer.allocate(Encoding.UUID_BYTES);
        Encoding.putUuid(key, id);
        return key.array();
    }
}
