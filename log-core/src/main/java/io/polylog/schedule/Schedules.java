package io.polylog.schedule;

import io.polylog.broker.AppendResult;
import io.polylog.broker.Topic;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Records that wait for their time. {@link io.polylog.broker.Publisher} puts every record there whose headers ask for it
 * ({@link ScheduleHeaders}).
 *
 * <p>A record whose time has come enters its partition exactly once, never early, with the others of that partition in
 * order of due time, whatever crashes come between. An id belongs to a topic and partition: a record scheduled there
 * with the id of one that still waits takes its place. Any thread; nothing blocks.
 */
public interface Schedules {

    /**
     * Appends one batch of which some records ask in their headers to enter later, or take such a request back: those leave
     * the batch, and the base offset is that of the rest, or -1 if there is none. First everything is cancelled that is to
     * be; if any of that fails nothing else is done. Unfolds the batch, so a large or compressed one not on an event loop.
     *
     * <p>Fails as {@link io.polylog.broker.Appender#append}, and with {@code INVALID_SCHEDULE}, {@code SCHEDULE_TOO_LATE},
     * {@code SCHEDULE_NOT_FOUND}.
     */
    CompletionStage<AppendResult> append(TopicPartition partition, RecordBatch batch);

    /**
     * Takes back what waits under an id in any partition of the topic. Durable when the stage completes; that of a recurring
     * record ends it.
     */
    CompletionStage<Cancelled> cancel(Topic topic, String id);

    /**
     * What waits for a topic, by partition and then by id.
     *
     * @param after the last of the page before, or empty for the first
     * @param limit most to answer, 1 to 1000; a page ends earlier where its records take more than 4 MiB
     */
    CompletionStage<List<Pending>> list(Topic topic, Optional<Place> after, int limit);

    /** Records that wait, in all topics. Answers at once. */
    long count();

    /** A place in a topic's list. */
    record Place(int partition, String id) {}
}
