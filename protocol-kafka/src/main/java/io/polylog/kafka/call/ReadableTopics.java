package io.polylog.kafka.call;

import io.polylog.broker.Topic;
import io.polylog.security.Operation;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Which topics a fetch means, and whether its client may read them. Shared by all connections. */
public final class ReadableTopics {

    private final TopicLookup topics;
    private final Access access;

    /**
     * What became of a look-up.
     *
     * @param topic null if there is none, or the client may not read it
     * @param error what is wrong, or NONE; with a topic it is one that Kafka finds only when it comes to read
     */
    public record Found(@Nullable Topic topic, Errors error) {}

    public ReadableTopics(TopicLookup topics, Access access) {
        this.topics = Objects.requireNonNull(topics, "topics");
        this.access = Objects.requireNonNull(access, "access");
    }

    /** The topic that a request names in one way or the other. */
    public Found find(Call call, @Nullable String name, Uuid id) {
        Optional<Topic> topic = topics.find(name, id);
        boolean byId = !id.equals(Uuid.ZERO_UUID);
        if (topic.isEmpty() && byId) {
            return new Found(null, Errors.UNKNOWN_TOPIC_ID);
        }
        String known = topic.map(Topic::name).orElse(name);
        if (known != null && !access.topic(call, Operation.READ, known)) {
            return new Found(null, Errors.TOPIC_AUTHORIZATION_FAILED);
        }
        return topic.map(found -> new Found(found, Errors.NONE))
                .orElseGet(() -> new Found(null, Errors.UNKNOWN_TOPIC_OR_PARTITION));
    }

    /**
     * The topic of a session that was found by its id before. One that is gone since is told from one that has been created
     * again under the name.
     */
    public Found findAgain(Call call, String name, Uuid id) {
        Optional<Topic> topic = topics.find(null, id);
        if (!access.topic(call, Operation.READ, name)) {
            return new Found(null, Errors.TOPIC_AUTHORIZATION_FAILED);
        }
        if (topic.isPresent()) {
            return new Found(topic.get(), Errors.NONE);
        }
        return topics.find(name, Uuid.ZERO_UUID)
                .map(successor -> new Found(successor, Errors.INCONSISTENT_TOPIC_ID))
                .orElseGet(() -> new Found(null, Errors.UNKNOWN_TOPIC_OR_PARTITION));
    }
}
