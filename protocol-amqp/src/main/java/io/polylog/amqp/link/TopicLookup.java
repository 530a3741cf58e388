package io.polylog.amqp.link;

import io.polylog.broker.Topic;
import io.polylog.broker.TopicSettings;
import io.polylog.broker.TopicSpec;
import io.polylog.broker.Topics;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Finds the topic behind an address, and creates it where that is allowed. Any thread. */
final class TopicLookup {
    /** The settings of a declared queue: records go when their ledger is done with them. */
    private static final Map<String, String> QUEUE_CONFIG = Map.of(TopicSettings.RETENTION, "queue");

    private final Topics topics;

    TopicLookup(Topics topics) {
        this.topics = topics;
    }

    /**
     * The topic, created if there is none and automatic creation is on.
     *
     * @param asQueue whether the client asked for a queue: a created one has one partition, so strict order
     */
    CompletionStage<Topic> ensure(Address address, boolean asQueue) {
        String name = address.topicName();
        Topic known = topics.find(name).orElse(null);
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        Map<String, String> config = new HashMap<>();
        if (!name.equals(address.name())) {
            config.put(TopicSettings.AMQP_NAME, address.name());
        }
        if (asQueue) {
            config.putAll(QUEUE_CONFIG);
        }
        if (config.isEmpty()) {
            return topics.ensure(name);
        }
        return topics.ensure(new TopicSpec(name, asQueue ? 1 : TopicSpec.DEFAULT_PARTITIONS, config));
    }
}
