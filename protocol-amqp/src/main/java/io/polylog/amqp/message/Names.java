package io.polylog.amqp.message;

import io.polylog.schedule.ScheduleHeaders;
import java.util.Set;

/** Record header names and annotation names that mean something to this protocol. */
final class Names {
    static final String CONTENT_TYPE = "content-type";
    static final String CONTENT_ENCODING = "content-encoding";
    static final String CORRELATION_ID = "correlation-id";
    static final String REPLY_TO = "reply-to";
    static final String MESSAGE_ID = "message-id";
    static final String SUBJECT = "subject";
    static final String EXPIRES_AT = "expires-at";
    static final String PRIORITY = "priority";

    static final String DURABLE = "amqp.durable";
    static final String USER_ID = "amqp.user-id";
    static final String TO = "amqp.to";
    static final String GROUP_ID = "amqp.group-id";
    static final String GROUP_SEQUENCE = "amqp.group-sequence";
    static final String REPLY_TO_GROUP_ID = "amqp.reply-to-group-id";
    static final String APP_ID = "amqp.app-id";
    static final String CLUSTER_ID = "amqp.cluster-id";
    static final String EXCHANGE = "amqp.exchange";
    static final String ROUTING_KEY = "amqp.routing-key";

    /** How the value is to be read when it is not the content of one data section. */
    static final String BODY = "amqp.body";
    /** Exact encodings of nested values, see {@link RawValues}. */
    static final String RAW = "amqp.raw";
    /** AMQP types of values that are not strings, see {@link HeaderTypes}. */
    static final String TYPES = "polylog-types";

    /** Before an application property whose name means something else as a record header. */
    static final String APPLICATION_PREFIX = "amqp.app.";
    /** Before a message annotation that does not begin with {@link #ANNOTATION_PREFIX}. */
    static final String OTHER_ANNOTATION_PREFIX = "amqp.annotation.";
    /** Headers that begin so are message annotations. */
    static final String ANNOTATION_PREFIX = "x-";

    static final String CLOUD_EVENT_HEADER = "ce_";
    static final String CLOUD_EVENT_PROPERTY = "cloudEvents_";
    static final String CLOUD_EVENT_PROPERTY_COLON = "cloudEvents:";

    static final String X_PARTITION_KEY = "x-opt-partition-key";
    static final String X_PARTITION = "x-opt-partition";
    static final String X_OFFSET = "x-opt-offset";
    static final String X_SEQUENCE_NUMBER = "x-opt-sequence-number";
    static final String X_ENQUEUED_TIME = "x-opt-enqueued-time";
    static final String X_ACQUIRED_COUNT = "x-acquired-count";
    /** How a record became a dead letter; shown from the gateway's own header. */
    static final String X_DEATHS = "x-opt-deaths";

    /** The same for AMQP 0-9-1, a table there. */
    static final String X_DEATH = "x-death";

    static final String X_EXCHANGE = "x-exchange";
    static final String X_ROUTING_KEY = "x-routing-key";

    /** The gateway alone sets these, at each delivery; a client's own are of an earlier delivery and mean nothing. */
    static final Set<String> SET_ON_DELIVERY =
            Set.of(X_PARTITION, X_OFFSET, X_SEQUENCE_NUMBER, X_ENQUEUED_TIME, X_ACQUIRED_COUNT, X_DEATHS, X_DEATH);

    private static final Set<String> FIELDS =
            Set.of(CONTENT_TYPE, CONTENT_ENCODING, CORRELATION_ID, REPLY_TO, MESSAGE_ID, SUBJECT, EXPIRES_AT, PRIORITY);

    private Names() {}

    /** Whether a record header belongs to the gateway or to routes and is not shown to clients. */
    static boolean hidden(String header) {
        return (header.startsWith("polylog-") && !ScheduleHeaders.isOne(header)) || header.startsWith("Camel");
    }

    /** The record header that holds an application property, so that {@link #property} leads back to it. */
    static String headerOfProperty(String property) {
        if (property.startsWith(CLOUD_EVENT_PROPERTY) || property.startsWith(CLOUD_EVENT_PROPERTY_COLON)) {
            return CLOUD_EVENT_HEADER + property.substring(CLOUD_EVENT_PROPERTY.length());
        }
        boolean meansSomethingElse = FIELDS.contains(property)
                || property.startsWith(ANNOTATION_PREFIX)
                || property.startsWith(CLOUD_EVENT_HEADER)
                || (property.startsWith("amqp.") && !property.equals(APP_ID) && !property.equals(CLUSTER_ID));
        return meansSomethingElse ? APPLICATION_PREFIX + property : property;
    }

    /** The application property under which a record header is shown. */
    static String property(String header) {
        if (header.startsWith(APPLICATION_PREFIX)) {
            return header.substring(APPLICATION_PREFIX.length());
        }
        if (header.startsWith(CLOUD_EVENT_HEADER)) {
            return CLOUD_EVENT_PROPERTY + header.substring(CLOUD_EVENT_HEADER.length());
        }
        return header;
    }

    /** The record header that holds a message annotation. */
    static String headerOfAnnotation(String annotation) {
        return switch (annotation) {
            case X_EXCHANGE -> EXCHANGE;
            case X_ROUTING_KEY -> ROUTING_KEY;
            default -> annotation.startsWith(ANNOTATION_PREFIX) ? annotation : OTHER_ANNOTATION_PREFIX + annotation;
        };
    }
}
