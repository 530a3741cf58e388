package io.polylog.amqp.message;

import io.polylog.record.Record;
import io.polylog.record.TopicPartition;
import java.util.Objects;

/**
 * A record on its way to a consumer.
 *
 * @param failures deliveries that failed before: the header's delivery-count
 * @param acquisitions deliveries before this one, whatever became of them
 */
public record DeliveryNote(TopicPartition partition, long offset, int failures, int acquisitions, Record record) {
    public DeliveryNote {
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(record, "record");
    }
}
