package io.polylog.broker;

import io.polylog.record.BatchCompression;
import io.polylog.record.BatchRules;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a topic's settings say about its records: what they must be when they come, and how long they live. */
public final class TopicLife {

    private static final String DELETE = "delete";
    private static final String COMPACT = "compact";

    private TopicLife() {}

    /** Whether of the records of one key only the last is kept. */
    public static boolean compacts(Topic topic) {
        return compacts(topic.settings());
    }

    /**
     * @param config the topic's settings; what is not among them has its default
     */
    public static boolean compacts(Map<String, String> config) {
        return policies(config.getOrDefault(TopicSettings.CLEANUP_POLICY, DELETE))
                .contains(COMPACT);
    }

    /** Whether old records go by time and size. Not those of a declared queue, which go when it is done with them. */
    public static boolean expires(Topic topic) {
        return expires(topic.settings());
    }

    /**
     * @param config the topic's settings; what is not among them has its default
     */
    public static boolean expires(Map<String, String> config) {
        return policies(config.getOrDefault(TopicSettings.CLEANUP_POLICY, DELETE))
                        .contains(DELETE)
                && !"queue".equals(config.get(TopicSettings.RETENTION));
    }

    /** Whether clients may delete records: where compaction alone decides, they may not. */
    public static boolean deletesOnRequest(Topic topic) {
        return policies(TopicSettings.value(topic, TopicSettings.CLEANUP_POLICY))
                .contains(DELETE);
    }

    private static List<String> policies(String value) {
        return List.of(value.replace(" ", "").split(","));
    }

    /** Whether records bear the time at which the log took them, in place of their own. */
    public static boolean stampsAppendTime(Topic topic) {
        return stampsAppendTime(topic.settings());
    }

    /**
     * @param config the topic's settings; what is not among them has its default
     */
    public static boolean stampsAppendTime(Map<String, String> config) {
        return "LogAppendTime".equals(config.get("message.timestamp.type"));
    }

    /**
     * What the topic asks of a batch that a Kafka producer sends.
     *
     * @param nowMs milliseconds since the Unix epoch
     */
    public static BatchRules batchRules(Topic topic, long nowMs) {
        BatchRules.Timestamps timestamps = stampsAppendTime(topic)
                ? BatchRules.Timestamps.ANY
                : BatchRules.Timestamps.around(
                        nowMs,
                        number(topic, "message.timestamp.before.max.ms"),
                        number(topic, "message.timestamp.after.max.ms"));
        return new BatchRules(TopicSettings.maxMessageBytes(topic), timestamps, compacts(topic));
    }

    /** The compression that batches are brought into; empty if they stay as they come. */
    public static Optional<BatchCompression> compression(Topic topic) {
        String name = topic.settings().getOrDefault("compression.type", "producer");
        int level = switch (name) {
            case "gzip", "lz4", "zstd" -> (int) number(topic, "compression." + name + ".level");
            default -> 0;
        };
        return BatchCompression.named(name, level);
    }

    /** Milliseconds after which a record may go; negative for never. */
    public static long retentionMs(Topic topic) {
        return number(topic, "retention.ms");
    }

    /** Bytes of a partition beyond which its oldest records may go; negative for none. */
    public static long retentionBytes(Topic topic) {
        return number(topic, "retention.bytes");
    }

    private static long number(Topic topic, String name) {
        return Long.parseLong(TopicSettings.value(topic, name));
    }
}
