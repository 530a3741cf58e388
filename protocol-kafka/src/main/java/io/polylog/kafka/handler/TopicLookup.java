package io.polylog.kafka.handler;

import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Finds the topic a request names, by name in older versions and by id in newer ones. */
final class TopicLookup {

    private final Topics topics;

    TopicLookup(Topics topics) {
        this.topics = Objects.requireNonNull(topics, "topics");
    }

    /**
     * @param id used unless it is the zero id
     */
    Optional<Topic> find(@Nullable String name, Uuid id) {
        if (!id.equals(Uuid.ZERO_UUID)) {
            return topics.find(Endpoint.javaId(id));
        }
        return name == null ? Optional.empty() : topics.find(name);
    }

    /** The error for a topic that {@link #find} did not find: one that could not be there is told apart. */
    static Errors missing(@Nullable String name, Uuid id) {
        boolean possible = name == null || org.apache.kafka.common.internals.Topic.isValid(name);
        return possible ? missing(id) : Errors.INVALID_TOPIC_EXCEPTION;
    }

    /** The error for a topic that {@link #find} did not find. */
    static Errors missing(Uuid id) {
        return id.equals(Uuid.ZERO_UUID) ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.UNKNOWN_TOPIC_ID;
    }
}
