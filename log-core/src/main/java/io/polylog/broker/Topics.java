package io.polylog.broker;

import io.polylog.record.TopicPartition;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** The topics of the gateway. Look-ups answer at once from memory; changes are durable when their stage completes. */
public interface Topics {

    /** Instead of an offset: the end of the log at the moment that records are deleted. */
    long EVERY_RECORD = -1;

    Optional<Topic> find(String name);

    Optional<Topic> find(UUID id);

    /** A snapshot of every visible topic, internal ones included, ordered by name. */
    Collection<Topic> all();

    /**
     * Creates a topic; it is visible, with all its partitions, when the stage completes.
     *
     * <p>Fails with {@link RefusedException}: {@code TOPIC_EXISTS}, {@code INVALID_TOPIC_NAME},
     * {@code INVALID_PARTITION_COUNT}, {@code INVALID_CONFIG}, {@code INTERNAL_TOPIC}.
     */
    CompletionStage<Topic> create(TopicSpec spec);

    /** Checks a spec as {@link #create} would, and creates nothing. Answers the spec with its defaults filled in. */
    TopicSpec validate(TopicSpec spec);

    /**
     * The topic of that name, created with the defaults if there is none and automatic creation is on.
     *
     * <p>Fails with {@link RefusedException}: {@code UNKNOWN_TOPIC} when automatic creation is off, and what
     * {@link #create} fails with; never {@code TOPIC_EXISTS}.
     */
    CompletionStage<Topic> ensure(String name);

    /** Like {@link #ensure(String)}, creating with {@code spec} rather than the defaults. */
    CompletionStage<Topic> ensure(TopicSpec spec);

    /**
     * Like {@link #ensure(TopicSpec)}, whether or not automatic creation is on: for topics that the gateway itself needs.
     */
    CompletionStage<Topic> obtain(TopicSpec spec);

    /** Deletes a topic and its records. Fails with {@code UNKNOWN_TOPIC} or {@code INTERNAL_TOPIC}. */
    CompletionStage<Void> delete(String name);

    /** Adds partitions up to {@code partitionCount}; the count may only grow. */
    CompletionStage<Topic> grow(String name, int partitionCount);

    /** The topic's settings are replaced whole. Fails with {@code UNKNOWN_TOPIC} or {@code INVALID_CONFIG}. */
    CompletionStage<Topic> configure(String name, java.util.Map<String, String> config);

    /**
     * Takes away the records of a partition before {@code offset}; the stage tells where its log starts then. Fails with {@code
     * UNKNOWN_TOPIC}, {@code INTERNAL_TOPIC}, or {@code OFFSET_OUT_OF_RANGE} beyond its end.
     *
     * @param offset the first that stays, or {@link #EVERY_RECORD}
     */
    CompletionStage<Long> deleteRecords(TopicPartition partition, long offset);

    /** Calls {@code listener} on an apply thread after each change, until the registration is closed. */
    Registration listen(Listener listener);

    /** Hears of changes; must return at once. */
    interface Listener {
        /** A topic became visible, or its settings or partition count changed. */
        void changed(Topic topic);

        /** A topic is gone. */
        void deleted(Topic topic);
    }

    /** All partitions of a topic. */
    static Iterable<TopicPartition> partitions(Topic topic) {
        return () -> java.util.stream.IntStream.range(0, topic.partitionCount())
                .mapToObj(topic::partition)
                .iterator();
    }
}
