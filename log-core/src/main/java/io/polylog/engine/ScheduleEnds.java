package io.polylog.engine;

import io.polylog.kv.KeyWriter;
import io.polylog.schedule.Cancelled;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * How records that waited have ended, for those who ask afterwards: the last day's, forgotten by whole hours. Family {@code
 * schedule-ends}: int64 hour, topic id, int32 partition, text id -> int8 0 cancelled, 1 has come. Rows only; apply thread.
 */
final class ScheduleEnds {

    static final String FAMILY = "schedule-ends";

    /** Hours that are looked into; that many and the one that runs. */
    private static final int HOURS = 24;

    private static final byte CANCELLED = 0;
    private static final byte COME = 1;

    private final EntryRows rows;

    ScheduleEnds(EntryRows rows) {
        this.rows = rows;
    }

    void cancelled(UUID topicId, int partition, String id, ApplyContext context) {
        put(topicId, partition, id, CANCELLED, context);
    }

    void come(UUID topicId, int partition, String id, ApplyContext context) {
        put(topicId, partition, id, COME, context);
    }

    private void put(UUID topicId, int partition, String id, byte end, ApplyContext context) {
        rows.put(FAMILY, key(hour(context), topicId, partition, id), new byte[] {end}, context);
    }

    /** How it ended last. */
    Optional<Cancelled> find(UUID topicId, int partition, String id, ApplyContext context) {
        long hour = hour(context);
        for (long past = hour; past >= Math.max(0, hour - HOURS); past--) {
            Optional<byte[]> end = rows.get(FAMILY, key(past, topicId, partition, id), context);
            if (end.isPresent()) {
                return Optional.of(end.get()[0] == COME ? Cancelled.TOO_LATE : Cancelled.CANCELLED);
            }
        }
        return Optional.empty();
    }

    /**
     * Forgets the hours before those that are looked into.
     *
     * @param from the first hour that was not forgotten yet
     * @return the first that is not forgotten now
     */
    long forget(long from, ApplyContext context) {
        long first = Math.max(0, hour(context) - HOURS);
        if (first <= from) {
            return from;
        }
        context.changes()
                .deleteRange(
                        FAMILY,
                        new KeyWriter().int64(from).toBytes(),
                        new KeyWriter().int64(first).toBytes());
        return first;
    }

    private static long hour(ApplyContext context) {
        return TimeUnit.MILLISECONDS.toHours(context.timeMs());
    }

    private static byte[] key(long hour, UUID topicId, int partition, String id) {
        return new KeyWriter()
                .int64(hour)
                .uuid(topicId)
                .int32(partition)
                .text(id)
                .toBytes();
    }
}
