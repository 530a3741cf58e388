package io.polylog.mqtt.message;

import io.polylog.metric.Meters;
import io.polylog.mqtt.codec.PublishProperties;
import io.polylog.mqtt.codec.PublishProperties.UserProperty;

/** Counts what a message loses on its way to a client of MQTT 3.1.1, which knows no properties. Any thread. */
public final class WithheldFields {

    private final Meters.Counter contentType;
    private final Meters.Counter correlationId;
    private final Meters.Counter replyTo;
    private final Meters.Counter expiresAt;
    private final Meters.Counter payloadFormat;
    private final Meters.Counter key;
    private final Meters.Counter nullValue;
    private final Meters.Counter header;

    public WithheldFields(Meters meters) {
        contentType = counter(meters, "content-type");
        correlationId = counter(meters, "correlation-id");
        replyTo = counter(meters, "reply-to");
        expiresAt = counter(meters, "expires-at");
        payloadFormat = counter(meters, "mqtt.payload-format");
        key = counter(meters, "key");
        nullValue = counter(meters, "null-value");
        header = counter(meters, "header");
    }

    private static Meters.Counter counter(Meters meters, String field) {
        return meters.counter("polylog_mapping_dropped_total", "from", "log", "to", "mqtt3", "field", field);
    }

    /** Counts once for each property of a message that was sent without them. */
    public void count(PublishProperties properties) {
        count(contentType, properties.contentType() != null);
        count(correlationId, properties.correlationData() != null);
        count(replyTo, properties.responseTopic() != null);
        count(expiresAt, properties.expirySeconds() != PublishProperties.ABSENT);
        count(payloadFormat, properties.payloadFormat() != PublishProperties.ABSENT);
        for (UserProperty property : properties.userProperties()) {
            Meters.Counter counter = switch (property.name()) {
                case Names.KEY_PROPERTY -> key;
                case Names.NULL_PROPERTY -> nullValue;
                default -> header;
            };
            counter.add(1);
        }
    }

    private static void count(Meters.Counter counter, boolean withheld) {
        if (withheld) {
            counter.add(1);
        }
    }
}
