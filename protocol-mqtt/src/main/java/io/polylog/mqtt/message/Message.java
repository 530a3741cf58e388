package io.polylog.mqtt.message;

import io.polylog.mqtt.codec.PublishProperties;
import io.polylog.mqtt.codec.PublishProperties.UserProperty;
import io.polylog.record.StoredRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * A message as MQTT has it.
 *
 * @param topic without wildcards; never empty
 * @param qos as published, 0 to 2
 * @param retain as published
 * @param payload shared, not copied
 */
@SuppressWarnings("ArrayRecordComponent") // shared, never changed
public record Message(String topic, int qos, boolean retain, byte[] payload, PublishProperties properties) {

    /** The same message with the position and time that a subscriber asked for. */
    public Message withPosition(int partition, StoredRecord stored) {
        List<UserProperty> positioned = new ArrayList<>(properties.userProperties());
        positioned.add(
                new UserProperty("timestamp", Long.toString(stored.record().timestampMs())));
        positioned.add(new UserProperty("polylog-partition", Integer.toString(partition)));
        positioned.add(new UserProperty("polylog-offset", Long.toString(stored.offset())));
        return new Message(topic, qos, retain, payload, properties.withUserProperties(positioned));
    }
}
