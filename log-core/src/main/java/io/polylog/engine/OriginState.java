package io.polylog.engine;

import io.polylog.broker.Origin;
import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KeyWriter;
import io.polylog.kv.KvIterator;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the partitions of one replica group hold of publishers that publish exactly once. Family {@code origins}: key topic
 * id, int32 partition, origin id, int64 sequence; value int64 offset, int64 time.
 *
 * <p>A record is remembered until its publisher's floor has passed it, and for {@link #EXPIRY_MS} at most after its
 * publisher's last record in that partition. Apply thread; deterministic.
 */
public final class OriginState {

    static final String FAMILY = "origins";

    /** 30 days: who comes back later may publish a record again. */
    static final long EXPIRY_MS = 30L * 24 * 60 * 60 * 1000;

    /** A sweep runs each time this many origins have come. */
    private static final int SWEEP_EVERY = 1000;

    private record Place(UUID topicId, int partition) {}

    /** The records of one origin in one partition: sequence to offset. */
    private static final class Published {
        private final TreeMap<Long, Long> offsets = new TreeMap<>();
        private long lastTimeMs;
    }

    private final Map<Place, Map<UUID, Published>> places = new HashMap<>();
    private int comeSinceSweep;

    void load(KeyValueStore store) {
        try (KvIterator rows = store.scan(FAMILY, new byte[0], Encoding.endOfUuidKeys())) {
            while (rows.next()) {
                ByteBuffer key = ByteBuffer.wrap(rows.key());
                ByteBuffer value = ByteBuffer.wrap(rows.value());
                Published published = places.computeIfAbsent(
                                new Place(Encoding.uuid(key), key.getInt()), place -> new HashMap<>())
                        .computeIfAbsent(Encoding.uuid(key), id -> new Published());
                published.offsets.put(key.getLong(), value.getLong());
                published.lastTimeMs = Math.max(published.lastTimeMs, value.getLong());
            }
        }
    }

    /** The offset at which the partition holds a record already, or null. */
    @Nullable
    Long find(UUID topicId, int partition, Origin origin, ApplyContext context) {
        Map<UUID, Published> origins = places.get(new Place(topicId, partition));
        Published published = origins == null ? null : origins.get(origin.id());
        return published == null || isExpired(published, context) ? null : published.offsets.get(origin.sequence());
    }

    /** By entry times alone, whether or not a sweep has come by: a restart must not change the answer. */
    private static boolean isExpired(Published published, ApplyContext context) {
        return published.lastTimeMs != 0 && published.lastTimeMs < context.timeMs() - EXPIRY_MS;
    }

    void took(UUID topicId, int partition, Origin origin, long offset, ApplyContext context) {
        Place place = new Place(topicId, partition);
        Map<UUID, Published> origins = places.computeIfAbsent(place, unused -> new HashMap<>());
        Published published = origins.get(origin.id());
        if (published != null && isExpired(published, context)) {
            deleteRows(place, origin.id(), published, context);
            published = null;
        }
        if (published == null) {
            published = new Published();
            origins.put(origin.id(), published);
            if (++comeSinceSweep >= SWEEP_EVERY) {
                comeSinceSweep = 0;
                sweep(context);
            }
        }
        Iterator<Long> passed =
                published.offsets.headMap(origin.floor()).keySet().iterator();
        while (passed.hasNext()) {
            context.changes().delete(FAMILY, key(place, origin.id(), passed.next()));
            passed.remove();
        }
        published.offsets.put(origin.sequence(), offset);
        published.lastTimeMs = context.timeMs();
        context.changes()
                .put(
                        FAMILY,
                        key(place, origin.id(), origin.sequence()),
                        ByteBuffer.allocate(2 * Long.BYTES)
                                .putLong(offset)
                                .putLong(context.timeMs())
                                .array());
    }

    /** Frees those that are forgotten already. */
    private void sweep(ApplyContext context) {
        places.forEach((place, origins) -> {
            Iterator<Map.Entry<UUID, Published>> all = origins.entrySet().iterator();
            while (all.hasNext()) {
                Map.Entry<UUID, Published> origin = all.next();
                if (isExpired(origin.getValue(), context)) {
                    all.remove();
                    deleteRows(place, origin.getKey(), origin.getValue(), context);
                }
            }
        });
    }

    boolean forget(UUID topicId, int partition, UUID origin, ApplyContext context) {
        Place place = new Place(topicId, partition);
        Map<UUID, Published> origins = places.get(place);
        Published published = origins == null ? null : origins.remove(origin);
        if (origins == null || published == null) {
            return false;
        }
        if (origins.isEmpty()) {
            places.remove(place);
        }
        deleteRows(place, origin, published, context);
        return true;
    }

    private static void deleteRows(Place place, UUID origin, Published published, ApplyContext context) {
        published.offsets.keySet().forEach(sequence -> context.changes().delete(FAMILY, key(place, origin, sequence)));
    }

    /** The partition is deleted. */
    void delete(UUID topicId, int partition, ApplyContext context) {
        if (places.remove(new Place(topicId, partition)) != null) {
            byte[] prefix = new KeyWriter().uuid(topicId).int32(partition).toBytes();
            context.changes().deleteRange(FAMILY, prefix, KeyWriter.endOfPrefix(prefix));
        }
    }

    private static byte[] key(Place place, UUID origin, long sequence) {
        ByteBuffer key = ByteBuffer.allocate(2 * Encoding.UUID_BYTES + Integer.BYTES + Long.BYTES);
        Encoding.putUuid(key, place.topicId);
        key.putInt(place.partition);
        Encoding.putUuid(key, origin);
        return key.putLong(sequence).array();
    }
}
