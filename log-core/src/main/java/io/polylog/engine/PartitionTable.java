package io.polylog.engine;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** Every partition hosted by this process, for look-ups from any thread. */
public final class PartitionTable {

    private record Key(UUID topicId, int partition) {}

    private final ConcurrentMap<Key, Partition> partitions = new ConcurrentHashMap<>();

    public @Nullable Partition find(UUID topicId, int partition) {
        return partitions.get(new Key(topicId, partition));
    }

    public int size() {
        return partitions.size();
    }

    /** A copy of all partitions at this moment. */
    public List<Partition> all() {
        return List.copyOf(partitions.values());
    }

    void add(Partition partition) {
        partitions.put(new Key(partition.id().topicId(), partition.id().partition()), partition);
    }

    void remove(Partition partition) {
        partitions.remove(new Key(partition.id().topicId(), partition.id().partition()));
    }
}
