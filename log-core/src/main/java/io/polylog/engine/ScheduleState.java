package io.polylog.engine;

import io.polylog.engine.ScheduleRow.Place;
import io.polylog.kv.KeyValueStore;
import io.polylog.kv.KeyWriter;
import io.polylog.kv.KvIterator;
import io.polylog.record.Record;
import io.polylog.schedule.Cancelled;
import io.polylog.schedule.Plan;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * The records of one replica group that wait for their time. Memory holds a few numbers for each partition, whatever waits;
 * the rows are
 *
 * <pre>
 *  schedules         int64 due, int64 sequence              -> {@link ScheduleRow}
 *  schedule-ids      topic id, int32 partition, text id     -> int64 due, int64 sequence
 *  schedule-ends     {@link ScheduleEnds}
 *  schedule-numbers  int8 0                                 -> place up to which all have come, place up to which
 *                                                              their rows are deleted, int64 rows in between,
 *                                                              int64 next sequence, int64 first hour of ends
 *                    int8 1, topic id, int32 partition      -> int64 how many wait
 * </pre>
 *
 * <p>Rows fire in their order, so one place says which have; the rows behind it are dead, and deleted by ranges, for deleting
 * each by itself made the next scan walk over all the traces. What comes too late for its place is given the next one.
 *
 * <p>Changed by the apply thread; deterministic. {@link ScheduleReader} reads for the others.
 */
public final class ScheduleState {

    static final String FAMILY = "schedules";
    static final String IDS_FAMILY = "schedule-ids";
    static final String NUMBERS_FAMILY = "schedule-numbers";

    /** Dead rows that a range deletes at a time. */
    private static final int CLEAN_EVERY = 4096;

    private static final byte[] NUMBERS_KEY = {0};
    private static final int COUNT = 1;

    private record Source(UUID topicId, int partition) {}

    private final EntryRows rows;
    private final ScheduleEnds ends;
    private final Map<Source, Long> counts = new HashMap<>();
    private final Set<Source> countsChanged = new HashSet<>();
    private final AtomicLong waiting = new AtomicLong();
    private volatile Place fired = Place.FIRST; // everything before has come
    private Place cleaned = Place.FIRST;
    private long dead;
    private long nextSequence = 1;
    private long firstHourOfEnds;
    private boolean numbersChanged;
    private volatile LongConsumer watcher = dueMs -> {};

    ScheduleState(LazyStore store) {
        this.rows = new EntryRows(store);
        this.ends = new ScheduleEnds(rows);
    }

    void load(KeyValueStore store) {
        store.get(NUMBERS_FAMILY, NUMBERS_KEY).map(ByteBuffer::wrap).ifPresent(numbers -> {
            fired = new Place(numbers.getLong(), numbers.getLong());
            cleaned = new Place(numbers.getLong(), numbers.getLong());
            dead = numbers.getLong();
            nextSequence = numbers.getLong();
            firstHourOfEnds = numbers.getLong();
        });
        byte[] prefix = new KeyWriter().int8(COUNT).toBytes();
        try (KvIterator stored = store.scan(NUMBERS_FAMILY, prefix, KeyWriter.endOfPrefix(prefix))) {
            while (stored.next()) {
                ByteBuffer key = ByteBuffer.wrap(stored.key(), 1, Encoding.UUID_BYTES + Integer.BYTES);
                long count = ByteBuffer.wrap(stored.value()).getLong();
                counts.put(new Source(Encoding.uuid(key), key.getInt()), count);
                waiting.addAndGet(count);
            }
        }
    }

    /** Tells when something is due that was not before. On the apply thread; must return at once. */
    public void watch(LongConsumer hears) {
        watcher = hears;
    }

    /** Records that wait. Any thread. */
    public long waiting() {
        return waiting.get();
    }

    /** The first place that has not fired. Any thread. */
    Place fired() {
        return fired;
    }

    /**
     * Lets a record wait, in place of one of the same id.
     *
     * @param record as it will come
     * @return what it can be cancelled by
     */
    String add(UUID topicId, int partition, Plan plan, Record record, ApplyContext context) {
        plan.id().ifPresent(id -> remove(topicId, partition, id, context));
        Place place = place(plan.dueMs());
        String id = plan.id().orElseGet(() -> GeneratedId.of(partition, place));
        put(
                place,
                new ScheduleRow(
                        topicId, partition, id, plan.recurrence(), plan.marks().retainAs(), ScheduleRow.encode(record)),
                context);
        count(topicId, partition, 1);
        return id;
    }

    /** A new place for what is due then, or as soon as may be. */
    private Place place(long dueMs) {
        numbersChanged = true;
        return new Place(Math.max(dueMs, fired.dueMs()), nextSequence++);
    }

    private void put(Place place, ScheduleRow row, ApplyContext context) {
        rows.put(FAMILY, place.key(), row.encode(), context);
        rows.put(IDS_FAMILY, idKey(row.topicId(), row.partition(), row.id()), place.key(), context);
        context.afterApply(() -> watcher.accept(place.dueMs()));
    }

    private boolean remove(UUID topicId, int partition, String id, ApplyContext context) {
        byte[] idKey = idKey(topicId, partition, id);
        Optional<byte[]> place = rows.get(IDS_FAMILY, idKey, context);
        place.ifPresent(key -> {
            rows.delete(FAMILY, key, context);
            rows.delete(IDS_FAMILY, idKey, context);
            count(topicId, partition, -1);
        });
        return place.isPresent();
    }

    Cancelled cancel(UUID topicId, int partition, String id, ApplyContext context) {
        if (remove(topicId, partition, id, context)) {
            ends.cancelled(topicId, partition, id, context);
            return Cancelled.CANCELLED;
        }
        return ends.find(topicId, partition, id, context)
                .orElseGet(() -> GeneratedId.hasFired(id, partition, fired) ? Cancelled.TOO_LATE : Cancelled.NOT_FOUND);
    }

    /**
     * Takes what is due, in order, out of what waits: as much as the limits allow.
     *
     * @param untilMs inclusive
     * @param following when those that recur come next, by sequence; one that is not there is where it stops
     */
    Due take(long untilMs, Map<Long, Long> following, int maxRecords, int maxBytes, ApplyContext context) {
        if (untilMs < fired.dueMs()) { // the clock was set back
            return new Due(List.of(), List.of(), false);
        }
        List<ScheduleRow> due = new ArrayList<>();
        List<Place> places = new ArrayList<>();
        boolean more = false;
        int bytes = 0;
        byte[] end = new Place(untilMs + 1, 0).key();
        try (EntryRows.Scan scan = rows.scan(FAMILY, fired.key(), end, context)) {
            while (!more && scan.next()) {
                Place place = Place.decode(scan.key());
                ScheduleRow row = ScheduleRow.decode(scan.value());
                bytes += row.batch().remaining();
                boolean full = due.size() == maxRecords || (bytes > maxBytes && !due.isEmpty());
                more = full || (row.recurrence().isPresent() && !following.containsKey(place.sequence()));
                if (!more) {
                    due.add(row);
                    places.add(place);
                }
            }
        }
        List<Long> times = places.stream().map(Place::dueMs).toList();
        if (!places.isEmpty()) {
            fired = places.get(places.size() - 1).next();
            dead += places.size();
            numbersChanged = true;
        }
        for (int i = 0; i < due.size(); i++) {
            ended(due.get(i), places.get(i), following, context);
        }
        clean(context);
        return new Due(due, times, more);
    }

    /** What is due now, with its times, and whether there is more. */
    record Due(List<ScheduleRow> rows, List<Long> dueMs, boolean more) {}

    private void ended(ScheduleRow row, Place place, Map<Long, Long> following, ApplyContext context) {
        Long nextMs = following.get(place.sequence());
        if (row.recurrence().isPresent() && nextMs != null && counts.containsKey(source(row))) {
            Place next = place(nextMs);
            put(next, row.recurred(next.dueMs() - place.dueMs()), context);
            return;
        }
        rows.delete(IDS_FAMILY, idKey(row.topicId(), row.partition(), row.id()), context);
        count(row.topicId(), row.partition(), -1);
        if (!GeneratedId.isOne(row.id())) {
            ends.come(row.topicId(), row.partition(), row.id(), context);
        }
    }

    private void clean(ApplyContext context) {
        if (dead >= CLEAN_EVERY) {
            context.changes().deleteRange(FAMILY, cleaned.key(), fired.key());
            cleaned = fired;
            dead = 0;
        }
    }

    /** The partition is gone: what waits for it will not come. Its rows stay until they would have been due. */
    void delete(UUID topicId, int partition, ApplyContext context) {
        Source source = new Source(topicId, partition);
        Long count = counts.remove(source);
        if (count != null) {
            waiting.addAndGet(-count);
            countsChanged.remove(source);
            byte[] ids = new KeyWriter().uuid(topicId).int32(partition).toBytes();
            context.changes()
                    .deleteRange(IDS_FAMILY, ids, KeyWriter.endOfPrefix(ids))
                    .delete(NUMBERS_FAMILY, countKey(source));
        }
    }

    private static Source source(ScheduleRow row) {
        return new Source(row.topicId(), row.partition());
    }

    private void count(UUID topicId, int partition, int change) {
        Source source = new Source(topicId, partition);
        Long count = counts.get(source);
        if (count != null || change > 0) { // else its partition is gone
            counts.put(source, (count == null ? 0 : count) + change);
            countsChanged.add(source);
            waiting.addAndGet(change);
        }
    }

    /** Notes the numbers into the entry's changes; once, at its end. */
    void recordNumbers(ApplyContext context) {
        for (Source source : countsChanged) {
            long count = counts.getOrDefault(source, 0L);
            context.changes()
                    .put(
                            NUMBERS_FAMILY,
                            countKey(source),
                            ByteBuffer.allocate(Long.BYTES).putLong(count).array());
        }
        countsChanged.clear();
        if (numbersChanged) {
            numbersChanged = false;
            firstHourOfEnds = ends.forget(firstHourOfEnds, context);
            ByteBuffer numbers = ByteBuffer.allocate(7 * Long.BYTES);
            numbers.putLong(fired.dueMs()).putLong(fired.sequence());
            numbers.putLong(cleaned.dueMs()).putLong(cleaned.sequence());
            numbers.putLong(dead).putLong(nextSequence).putLong(firstHourOfEnds);
            context.changes().put(NUMBERS_FAMILY, NUMBERS_KEY, numbers.array());
        }
    }

    static byte[] idKey(UUID topicId, int partition, String id) {
        return new KeyWriter().uuid(topicId).int32(partition).text(id).toBytes();
    }

    private static byte[] countKey(Source source) {
        return new KeyWriter()
                .int8(COUNT)
                .uuid(source.topicId)
                .int32(source.partition)
                .toBytes();
    }
}
