package io.polylog.engine;

import io.polylog.engine.ScheduleRow.Place;
import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KeyWriter;
import io.polylog.kv.KvIterator;
import io.polylog.record.TopicPartition;
import io.polylog.schedule.Pending;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads what waits in one replica group. Reads the disk: on the reader pool only. */
public final class ScheduleReader {

    /** Rows of one tick that are passed one by one, before it is cheaper to look for the next tick. */
    private static final int PASSED = 16;

    private final ScheduleState state;
    private final Supplier<Optional<KeyValueStore>> store;

    /**
     * @param store what the rows are in; empty while the group has none
     */
    ScheduleReader(ScheduleState state, Supplier<Optional<KeyValueStore>> store) {
        this.state = state;
        this.store = store;
    }

    /**
     * What a firing would find.
     *
     * @param any whether anything is due
     * @param following when those that recur come next, by sequence
     */
    public record Outlook(boolean any, Map<Long, Long> following) {}

    /** What is due at a time, within the limits of one {@link FireUntil}. */
    public Outlook outlook(long nowMs) {
        Map<Long, Long> following = new HashMap<>();
        int count = 0;
        Optional<KeyValueStore> rows = store.get();
        if (rows.isPresent()) {
            byte[] end = new Place(nowMs + 1, 0).key();
            try (KvIterator due =
                    rows.get().scan(ScheduleState.FAMILY, state.fired().key(), end)) {
                for (int bytes = 0;
                        count < FireUntil.MAX_RECORDS && bytes < FireUntil.MAX_BYTES && due.next();
                        count++) {
                    Place place = Place.decode(due.key());
                    byte[] value = due.value();
                    bytes += value.length;
                    ScheduleRow.decode(value)
                            .recurrence()
                            .ifPresent(
                                    recurs -> following.put(place.sequence(), recurs.following(place.dueMs(), nowMs)));
                }
            }
        }
        return new Outlook(count > 0, following);
    }

    /**
     * Tells every millisecond at which something is due.
     *
     * @param fromMs inclusive
     * @param toMs exclusive
     */
    public void ticks(long fromMs, long toMs, LongConsumer told) {
        Optional<KeyValueStore> rows = store.get();
        if (rows.isEmpty()) {
            return;
        }
        Place first = new Place(Math.max(0, fromMs), 0);
        Place from = first.compareTo(state.fired()) < 0 ? state.fired() : first;
        byte[] end = new Place(toMs, 0).key();
        while (from != null && from.dueMs() < toMs) {
            from = ticks(rows.get(), from, end, told);
        }
    }

    /**
     * The first millisecond at which something is due, from a time on; empty if nothing is.
     *
     * @param fromMs inclusive
     */
    public OptionalLong first(long fromMs) {
        Optional<KeyValueStore> rows = store.get();
        if (rows.isEmpty()) {
            return OptionalLong.empty();
        }
        Place first = new Place(Math.max(0, fromMs), 0);
        Place from = first.compareTo(state.fired()) < 0 ? state.fired() : first;
        byte[] end = new Place(Long.MAX_VALUE, Long.MAX_VALUE).key();
        try (KvIterator due = rows.get().scan(ScheduleState.FAMILY, from.key(), end)) {
            return due.next() ? OptionalLong.of(Place.decode(due.key()).dueMs()) : OptionalLong.empty();
        }
    }

    /** One scan from a place on; answers where to go on, or null at the end. */
    private static @Nullable Place ticks(KeyValueStore rows, Place from, byte[] end, LongConsumer told) {
        long tickMs = -1;
        int passed = 0;
        try (KvIterator due = rows.scan(ScheduleState.FAMILY, from.key(), end)) {
            while (due.next()) {
                Place place = Place.decode(due.key());
                if (place.dueMs() != tickMs) {
                    tickMs = place.dueMs();
                    passed = 0;
                    told.accept(tickMs);
                } else if (++passed == PASSED) {
                    return new Place(tickMs + 1, 0);
                }
            }
        }
        return null;
    }

    /**
     * What waits for one partition, by id.
     *
     * @param after the last id of the page before; empty for the first page
     */
    public List<Pending> list(TopicPartition partition, Optional<String> after, int limit, int maxBytes) {
        List<Pending> found = new ArrayList<>();
        Optional<KeyValueStore> rows = store.get();
        if (rows.isEmpty()) {
            return found;
        }
        byte[] prefix = new KeyWriter()
                .uuid(partition.topicId())
                .int32(partition.partition())
                .toBytes();
        byte[] from = after.map(id -> ScheduleState.idKey(partition.topicId(), partition.partition(), id))
                .map(key -> Arrays.copyOf(key, key.length + 1)) // the key right after
                .orElse(prefix);
        int bytes = 0;
        try (KvIterator ids = rows.get().scan(ScheduleState.IDS_FAMILY, from, KeyWriter.endOfPrefix(prefix))) {
            while (found.size() < limit && bytes < maxBytes && ids.next()) {
                Optional<Pending> pending = read(rows.get(), partition, ids.value());
                if (pending.isPresent()) { // it may have come meanwhile
                    found.add(pending.get());
                    bytes += pending.get().record().sizeInBytes();
                }
            }
        }
        return found;
    }

    private static Optional<Pending> read(KeyValueStore rows, TopicPartition partition, byte[] place) {
        return rows.get(ScheduleState.FAMILY, place)
                .map(ScheduleRow::decode)
                .map(row ->
                        new Pending(partition, row.id(), Place.decode(place).dueMs(), row.recurrence(), row.record()));
    }
}
