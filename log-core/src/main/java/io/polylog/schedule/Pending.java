package io.polylog.schedule;

import io.polylog.record.Record;
import io.polylog.record.TopicPartition;
import java.util.Optional;

/**
 * A record that waits for its time.
 *
 * @param partition that it enters then
 * @param id what it is cancelled by
 * @param dueMs when, milliseconds since the Unix epoch; the next time if it recurs
 * @param recurrence if it comes again and again
 * @param record as it will enter, but for what firing adds
 */
public record Pending(
        TopicPartition partition, String id, long dueMs, Optional<Recurrence> recurrence, Record record) {}
