package io.polylog.mqtt.message;

import io.polylog.schedule.ScheduleHeaders;
import java.util.Set;

/** Names of headers and user properties that the mapping contract gives a meaning. */
final class Names {

    static final String CLIENT_ID = "mqtt.client-id";
    static final String KEY_PROPERTY = "polylog-key";
    static final String NULL_PROPERTY = "polylog-null";

    static final String CONTENT_TYPE = "content-type";
    static final String CORRELATION_ID = "correlation-id";
    static final String REPLY_TO = "reply-to";
    static final String EXPIRES_AT = "expires-at";
    static final String QOS = "mqtt.qos";
    static final String RETAIN = "mqtt.retain";
    static final String PAYLOAD_FORMAT = "mqtt.payload-format";

    static final String MQTT_PREFIX = "mqtt.";
    static final String USER_PREFIX = "mqtt.user.";
    static final String CLOUD_EVENT_PREFIX = "ce_";
    static final String CLOUD_EVENT_VERSION = "specversion";
    static final String BASE64_PREFIX = "base64:";

    static final String GATEWAY_PREFIX = "polylog-";
    static final String ROUTES_PREFIX = "Camel";

    /** Headers that MQTT fields speak for. */
    static final Set<String> FIELDS = Set.of(CONTENT_TYPE, CORRELATION_ID, REPLY_TO, EXPIRES_AT);

    private Names() {}

    /** Whether a name is the gateway's own or that of routes, and so hidden in both directions. */
    static boolean isReserved(String name) {
        return startsWithIgnoringCase(name, ROUTES_PREFIX)
                || (startsWithIgnoringCase(name, GATEWAY_PREFIX) && !ScheduleHeaders.isOne(name));
    }

    private static boolean startsWithIgnoringCase(String text, String prefix) {
        return text.regionMatches(true, 0, prefix, 0, prefix.length());
    }

    /** Whether a header stands for a field of MQTT, or for what only the MQTT door knows. */
    static boolean isMqttField(String name) {
        return switch (name) {
            case QOS, RETAIN, PAYLOAD_FORMAT, CLIENT_ID, TopicMapping.TOPIC_HEADER -> true;
            default -> false;
        };
    }
}
