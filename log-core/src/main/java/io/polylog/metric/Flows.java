package io.polylog.metric;

import io.polylog.record.TopicPartition;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** What goes through one door, by topic. Any thread. */
public final class Flows {

    private final TopicMeters meters;
    private final String protocol;
    private final Map<UUID, Flow> byTopic = new ConcurrentHashMap<>();

    Flows(TopicMeters meters, String protocol) {
        this.meters = meters;
        this.protocol = protocol;
    }

    /** A look-up; who handles single messages keeps a {@link Tap} instead. */
    public Flow of(TopicPartition partition) {
        Flow known = byTopic.get(partition.topicId());
        return known == null ? make(partition.topicId(), partition.topic()) : known;
    }

    private Flow make(UUID topicId, String topic) {
        Flow made = new Flow(
                counter(topicId, topic, "polylog_topic_messages_in_total"),
                counter(topicId, topic, "polylog_topic_bytes_in_total"),
                counter(topicId, topic, "polylog_topic_messages_out_total"),
                counter(topicId, topic, "polylog_topic_bytes_out_total"));
        meters.whileThere(topicId, () -> byTopic.put(topicId, made));
        return made;
    }

    private Meters.Counter counter(UUID topicId, String topic, String name) {
        return meters.counter(topicId, topic, name, "protocol", protocol);
    }

    void forget(UUID topicId) {
        byTopic.remove(topicId);
    }
}
