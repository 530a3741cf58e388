package io.polylog.mqtt.session;

import io.polylog.mqtt.codec.TopicNames;
import io.polylog.mqtt.message.TopicMapping;
import java.util.Optional;

/**
 * A shared subscription's filter, {@code $share/NAME/FILTER} (MQTT 5 §4.8.2).
 *
 * @param share name of the share group
 * @param filter what it matches
 */
record SharedFilter(String share, String filter) {

    /** Empty if the name or the filter is none. */
    static Optional<SharedFilter> of(String text) {
        int nameStart = text.indexOf('/') + 1;
        int nameEnd = text.indexOf('/', nameStart);
        if (nameEnd <= nameStart) { // MQTT-4.8.2-1: at least one character, and a filter behind it
            return Optional.empty();
        }
        String name = text.substring(nameStart, nameEnd);
        String filter = text.substring(nameEnd + 1);
        boolean legal = !TopicNames.hasWildcard(name) && TopicNames.isName(name) && TopicNames.isFilter(filter);
        return legal ? Optional.of(new SharedFilter(name, filter)) : Optional.empty();
    }

    /** The group's id on a log topic: its own name for all of a mount, a name with the filter in it for a part. */
    String groupOn(String logTopic) {
        boolean whole = !logTopic.equals(TopicMapping.DEFAULT_LOG_TOPIC) && filter.equals(logTopic + "/#");
        return whole ? share : share + "/" + filter;
    }
}
