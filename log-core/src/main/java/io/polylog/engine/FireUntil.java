package io.polylog.engine;

import io.polylog.broker.AppendResult;
import io.polylog.record.Record;
import io.polylog.record.RecordBatch;
import io.polylog.record.StoredRecord;
import io.polylog.schedule.ScheduleHeaders;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Appends what has become due to its partitions, in order of due time, and takes it out of what waits: in one step, so
 * exactly once. Never before its time by the clock of the entry either. At most {@value #MAX_RECORDS} records or {@value
 * #MAX_BYTES} bytes and one; the reply says whether there is more. Body: int64 until, then for each that recurs int64
 * sequence and int64 next time.
 *
 * @param untilMs milliseconds since the Unix epoch, inclusive
 * @param following when those that recur come next, by sequence
 */
public record FireUntil(long untilMs, Map<Long, Long> following) implements Command<FireUntil.Fired> {

    static final byte TYPE = 52;

    static final int MAX_RECORDS = 4096;
    static final int MAX_BYTES = 1 << 20;

    public FireUntil {
        following = Map.copyOf(following);
    }

    /**
     * What has come.
     *
     * @param dueMs when each was due, milliseconds since the Unix epoch
     * @param untilMs the time up to which was looked: what was asked for, or that of the entry if it was before
     * @param more whether more is due
     */
    public record Fired(List<Long> dueMs, long untilMs, boolean more) {}

    @Override
    public byte type() {
        return TYPE;
    }

    @Override
    public int sizeInBytes() {
        return Long.BYTES + following.size() * 2 * Long.BYTES;
    }

    @Override
    public void writeTo(ByteBuffer target) {
        target.putLong(untilMs);
        new TreeMap<>(following)
                .forEach((sequence, nextMs) -> target.putLong(sequence).putLong(nextMs));
    }

    static FireUntil read(ByteBuffer body) {
        long untilMs = body.getLong();
        Map<Long, Long> following = new TreeMap<>();
        while (body.hasRemaining()) {
            following.put(body.getLong(), body.getLong());
        }
        return new FireUntil(untilMs, following);
    }

    @Override
    public Fired applyTo(GroupState state, ApplyContext context) {
        long until = Math.min(untilMs, context.timeMs());
        ScheduleState.Due due = state.schedules().take(until, following, MAX_RECORDS, MAX_BYTES, context);
        Map<Target, Arrivals> targets = new LinkedHashMap<>();
        for (int i = 0; i < due.rows().size(); i++) {
            ScheduleRow row = due.rows().get(i);
            targets.computeIfAbsent(new Target(row.topicId(), row.partition()), target -> new Arrivals())
                    .add(row, due.dueMs().get(i));
        }
        targets.forEach((target, arrivals) -> {
            if (state.partitions().hosts(target.topicId, target.partition)) { // else its topic was deleted meanwhile
                arrivals.append(target, state, context);
            }
        });
        return new Fired(due.dueMs(), until, due.more());
    }

    private record Target(UUID topicId, int partition) {}

    /** What enters one partition. */
    private static final class Arrivals {
        private final List<Record> records = new ArrayList<>();
        private final Map<Integer, String> retained = new LinkedHashMap<>();

        void add(ScheduleRow row, long dueMs) {
            row.retainAs().ifPresent(name -> retained.put(records.size(), name));
            records.add(ScheduleHeaders.fired(row.record(), row.id(), dueMs));
        }

        void append(Target target, GroupState state, ApplyContext context) {
            AppendResult appended =
                    state.partitions().append(target.topicId, target.partition, RecordBatch.encode(records), context);
            Partition partition = state.partitions().existing(target.topicId, target.partition);
            retained.forEach((index, name) -> state.send(
                    state.retained().homeOf(name),
                    RetainValue.of(
                            name, partition.id(), new StoredRecord(appended.baseOffset() + index, records.get(index))),
                    context));
        }
    }
}
