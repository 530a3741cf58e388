package io.polylog.mqtt.session;

import io.polylog.mqtt.codec.TopicNames;
import io.polylog.mqtt.message.TopicMapping;
import java.util.HashMap;
import java.util.Map;

/**
 * Which log topics the filters of a shard can match, judged by their first level: log topic {@code T} is mounted at
 * {@code T/#}, the default log topic at the root. Owned by the shard.
 */
final class Interest {

    private final Map<String, Integer> byLogTopic = new HashMap<>();
    private int wild;
    private int all;

    void add(String filter) {
        all++;
        if (isWild(filter)) {
            wild++;
        } else {
            byLogTopic.merge(logTopic(filter), 1, Integer::sum);
        }
    }

    void remove(String filter) {
        all--;
        if (isWild(filter)) {
            wild--;
        } else {
            byLogTopic.computeIfPresent(logTopic(filter), (topic, count) -> count == 1 ? null : count - 1);
        }
    }

    boolean wants(String logTopic) {
        return logTopic.equals(TopicMapping.DEFAULT_LOG_TOPIC)
                ? all > 0
                : (wild > 0 && !TopicNames.isHidden(logTopic)) || byLogTopic.containsKey(logTopic);
    }

    /** Whether a filter can match anything in a log topic. */
    static boolean canMatch(String filter, String logTopic) {
        return logTopic.equals(TopicMapping.DEFAULT_LOG_TOPIC)
                || (isWild(filter)
                        ? !TopicNames.isHidden(logTopic)
                        : logTopic(filter).equals(logTopic));
    }

    /** Whether a filter's first level is a wildcard. */
    static boolean isWild(String filter) {
        return filter.startsWith("#") || filter.startsWith("+");
    }

    /** The log topic that a filter without a wildcard at the first level names. */
    static String logTopic(String filter) {
        return TopicNames.firstLevel(filter);
    }
}
