package io.polylog.schedule;

import io.polylog.broker.Marks;
import java.util.Objects;
import java.util.Optional;

/**
 * When a record is to enter its partition.
 *
 * @param id what it is cancelled by, 1 to {@link ScheduleHeaders#MAX_ID_BYTES} bytes of UTF-8; empty to be given one
 * @param dueMs when, milliseconds since the Unix epoch
 * @param recurrence if it is to come again and again
 * @param marks what is to be done with the record beside: its origin is taken now, its value is retained when it is due
 */
public record Plan(Optional<String> id, long dueMs, Optional<Recurrence> recurrence, Marks marks) {

    public Plan {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(recurrence, "recurrence");
        Objects.requireNonNull(marks, "marks");
    }

    public Plan with(Marks other) {
        return new Plan(id, dueMs, recurrence, other);
    }
}
