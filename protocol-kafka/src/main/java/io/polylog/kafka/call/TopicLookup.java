package io.polylog.kafka.call;

import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Finds the topic a request names, by name in older versions and by id in newer ones. */
public final class TopicLookup {

    private final Topics topics;

    public TopicLookup(Topics topics) {
        this.topics = Objects.requireNonNull(topics, "topics");
    }

    /**
     * @param id used unless it is the zero id
     */
    public Optional<Topic> find(@Nullable String name, Uuid id) {
        if (!id.equals(Uuid.ZERO_UUID)) {
            return topics.find(Endpoint.javaId(id));
        }
        return name == null ? Optional.empty() : topics.find(name);
    }

    /**
     * Sorts the partitions that a request names of one topic.
     *
     * @param index of a partition, as the request names it
     * @param known called with those that there are, unless there are none
     * @param unknown called with the others, unless there are none, and what is wrong with them; with all if there is no
     *     such topic
     */
    public <P> void sort(
            @Nullable String name,
            Uuid id,
            List<P> partitions,
            ToIntFunction<P> index,
            BiConsumer<Topic, List<P>> known,
            BiConsumer<List<P>, Errors> unknown) {
        Optional<Topic> topic = find(name, id);
        if (topic.isEmpty()) {
            unknown.accept(partitions, missing(id));
            return;
        }
        int count = topic.get().partitionCount();
        List<P> inside = new ArrayList<>();
        List<P> outside = new ArrayList<>();
        for (P partition : partitions) {
            int number = index.applyAsInt(partition);
            (number >= 0 && number < count ? inside : outside).add(partition);
        }
        if (!outside.isEmpty()) {
            unknown.accept(outside, Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        if (!inside.isEmpty()) {
            known.accept(topic.get(), inside);
        }
    }

    /** The error for a topic that {@link #find} did not find: one that could not be there is told apart. */
    public static Errors missing(@Nullable String name, Uuid id) {
        boolean possible = name == null || org.apache.kafka.common.internals.Topic.isValid(name);
        return possible ? missing(id) : Errors.INVALID_TOPIC_EXCEPTION;
    }

    /** The error for a topic that {@link #find} did not find. */
    public static Errors missing(Uuid id) {
        return id.equals(Uuid.ZERO_UUID) ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.UNKNOWN_TOPIC_ID;
    }
}
