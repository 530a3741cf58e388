package io.polylog.broker;

import io.polylog.record.Record;
import io.polylog.record.TopicPartition;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * Writes single records for protocols that publish one at a time. Concurrent publishes to a partition coalesce into one
 * batch: while one is on its way to the disk the next ones gather.
 *
 * <p>A record whose headers ask for it enters its partition later ({@code io.polylog.schedule.ScheduleHeaders}); the stage
 * completes when that is durable, with the offset -1. One that takes such a request back is not appended at all.
 */
public interface Publisher {

    /**
     * Publishes to the partition that Kafka's default partitioner gives for the key; a null key counts as the empty key.
     * Order holds per caller and partition.
     *
     * <p>Fails as {@link Appender#append}, and with {@code BATCH_TOO_LARGE} if the record alone exceeds the topic's
     * {@code max.message.bytes}; a scheduled one also with {@code INVALID_SCHEDULE}, and one that cancels with {@code
     * SCHEDULE_TOO_LATE} or {@code SCHEDULE_NOT_FOUND}.
     */
    CompletionStage<Published> publish(Topic topic, Record record);

    /** Publishes to a chosen partition. */
    CompletionStage<Published> publish(TopicPartition partition, Record record);

    /**
     * Publishes to a chosen partition, with marks. A record that its {@linkplain Origin origin} has published there before
     * is not appended again; its offset is the first one.
     */
    CompletionStage<Published> publish(TopicPartition partition, Record record, Marks marks);

    /** Forgets what was published under an origin, in one partition. */
    CompletionStage<Void> forget(TopicPartition partition, UUID origin);

    /** Where a record went; the offset is -1 if it has none yet. */
    record Published(TopicPartition partition, long offset) {}
}
