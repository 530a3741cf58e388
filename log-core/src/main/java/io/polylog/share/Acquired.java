package io.polylog.share;

import io.polylog.record.Record;
import io.polylog.record.TopicPartition;
import java.util.Objects;

/**
 * A record under this member's lock.
 *
 * @param acquisitionId tells this acquisition from an earlier or later one of the same record
 * @param failures how often delivery of this record failed before (the AMQP delivery-count): 0 at first
 * @param acquisitions how often it was acquired before this time, for whatever reason it came back
 */
public record Acquired(
        TopicPartition partition, long offset, long acquisitionId, int failures, int acquisitions, Record record) {

    public Acquired {
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(record, "record");
    }
}
