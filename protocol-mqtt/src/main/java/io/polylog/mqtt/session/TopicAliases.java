package io.polylog.mqtt.session;

import io.polylog.mqtt.codec.ProtocolViolation;
import io.polylog.mqtt.codec.ReasonCode;
import java.util.HashMap;
import java.util.Map;

/** The topic aliases that a client has defined on its connection (MQTT 5 §3.3.2.3.4). Owned by its event loop. */
final class TopicAliases {

    private final int maximum;
    private final Map<Integer, String> topics = new HashMap<>(4);

    /**
     * @param maximum highest alias, as announced; 0 if there may be none
     */
    TopicAliases(int maximum) {
        this.maximum = maximum;
    }

    /**
     * The topic of a PUBLISH that carries an alias.
     *
     * @param topic empty if the alias stands for it
     * @throws ProtocolViolation if the alias is beyond the maximum or not defined
     */
    String resolve(String topic, int alias) {
        if (alias < 1 || alias > maximum) { // MQTT-3.3.2-9
            throw new ProtocolViolation(ReasonCode.TOPIC_ALIAS_INVALID, "topic alias beyond the maximum");
        }
        if (!topic.isEmpty()) {
            topics.put(alias, topic);
            return topic;
        }
        String known = topics.get(alias);
        if (known == null) {
            throw new ProtocolViolation(ReasonCode.PROTOCOL_ERROR, "topic alias that was not defined");
        }
        return known;
    }
}
