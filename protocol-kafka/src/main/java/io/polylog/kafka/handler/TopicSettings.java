package io.polylog.kafka.handler;

import io.polylog.broker.Topic;
import org.apache.kafka.common.config.TopicConfig;

/** The topic settings that requests are checked against, with Kafka's defaults. */
final class TopicSettings {

    /** Kafka's default for {@code max.message.bytes}: 1 MiB of records and the log overhead of a batch. */
    static final int DEFAULT_MAX_MESSAGE_BYTES = (1 << 20) + 12;

    private TopicSettings() {}

    static int maxMessageBytes(Topic topic) {
        String configured = topic.config().get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        return configured == null ? DEFAULT_MAX_MESSAGE_BYTES : Integer.parseInt(configured);
    }

    static String timestampType(Topic topic) {
        String configured = topic.config().get(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG);
        return configured == null ? "CreateTime" : configured;
    }
}
