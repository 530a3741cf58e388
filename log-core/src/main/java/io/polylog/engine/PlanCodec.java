package io.polylog.engine;

import io.polylog.broker.Marks;
import io.polylog.broker.Origin;
import io.polylog.schedule.Plan;
import io.polylog.schedule.Recurrence;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * How a command carries a plan: int64 due, int8 flags, then what they announce: 1 text id, 2 text recurrence and text zone,
 * 4 origin (id, int64 sequence, int64 floor), 8 text name to retain under.
 */
final class PlanCodec {

    private static final int HAS_ID = 1;
    private static final int RECURS = 2;
    private static final int HAS_ORIGIN = 4;
    private static final int IS_RETAINED = 8;

    private PlanCodec() {}

    static int sizeInBytes(Plan plan) {
        int size = Long.BYTES + 1;
        size += plan.id().map(Encoding::sizeOf).orElse(0);
        size += plan.recurrence()
                .map(recurs -> Encoding.sizeOf(recurs.text()) + Encoding.sizeOf(recurs.zone()))
                .orElse(0);
        size += plan.marks().origin().isPresent() ? Encoding.UUID_BYTES + 2 * Long.BYTES : 0;
        return size + plan.marks().retainAs().map(Encoding::sizeOf).orElse(0);
    }

    static void write(Plan plan, ByteBuffer target) {
        Marks marks = plan.marks();
        target.putLong(plan.dueMs()).put((byte) ((plan.id().isPresent() ? HAS_ID : 0)
                | (plan.recurrence().isPresent() ? RECURS : 0)
                | (marks.origin().isPresent() ? HAS_ORIGIN : 0)
                | (marks.retainAs().isPresent() ? IS_RETAINED : 0)));
        plan.id().ifPresent(id -> Encoding.putText(target, id));
        plan.recurrence().ifPresent(recurs -> {
            Encoding.putText(target, recurs.text());
            Encoding.putText(target, recurs.zone());
        });
        marks.origin().ifPresent(origin -> {
            Encoding.putUuid(target, origin.id());
            target.putLong(origin.sequence()).putLong(origin.floor());
        });
        marks.retainAs().ifPresent(name -> Encoding.putText(target, name));
    }

    static Plan read(ByteBuffer source) {
        long dueMs = source.getLong();
        int flags = source.get();
        Optional<String> id = (flags & HAS_ID) == 0 ? Optional.empty() : Optional.of(Encoding.text(source));
        Optional<Recurrence> recurrence = (flags & RECURS) == 0
                ? Optional.empty()
                : Optional.of(new Recurrence(Encoding.text(source), Encoding.text(source)));
        Optional<Origin> origin = (flags & HAS_ORIGIN) == 0
                ? Optional.empty()
                : Optional.of(new Origin(Encoding.uuid(source), source.getLong(), source.getLong()));
        Optional<String> retainAs = (flags & IS_RETAINED) == 0 ? Optional.empty() : Optional.of(Encoding.text(source));
        return new Plan(id, dueMs, recurrence, new Marks(origin, retainAs));
    }
}
