package io.polylog.mqtt.message;

import io.polylog.metric.Meters;
import io.polylog.mqtt.message.TopicMapping.Route;
import io.polylog.record.Record;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns MQTT messages into records and records into MQTT messages, by the mapping contract:
 *
 * <table>
 * <caption>Record and MQTT 5</caption>
 * <tr><td>value</td><td>payload</td></tr>
 * <tr><td>null value</td><td>empty payload and user property {@code polylog-null: true}</td></tr>
 * <tr><td>key</td><td>topic suffix, or user property {@code polylog-key}</td></tr>
 * <tr><td>{@code content-type}</td><td>content type</td></tr>
 * <tr><td>{@code correlation-id}</td><td>correlation data</td></tr>
 * <tr><td>{@code reply-to}</td><td>response topic</td></tr>
 * <tr><td>{@code expires-at}, epoch ms</td><td>message expiry interval, remaining seconds</td></tr>
 * <tr><td>{@code mqtt.qos} (absent: 1), {@code mqtt.retain}, {@code mqtt.payload-format}</td><td>their fields</td></tr>
 * <tr><td>{@code mqtt.topic}</td><td>the topic, where topic, key, topic is not exact</td></tr>
 * <tr><td>{@code mqtt.client-id}</td><td>the publisher; kept for No Local, never sent</td></tr>
 * <tr><td>{@code ce_*}, with {@code ce_specversion}</td><td>user properties without the prefix</td></tr>
 * <tr><td>{@code mqtt.user.*}</td><td>user properties that have the name of one of the headers above</td></tr>
 * <tr><td>any other header</td><td>user property; {@code base64:} if the value is not text</td></tr>
 * </table>
 *
 * <p>Headers beginning with {@code polylog-} (other than scheduling) or {@code Camel} are hidden in both directions. What
 * cannot be expressed is counted. Any thread.
 */
public final class RecordMapper {

    private final InboundMapper inbound;
    private final OutboundMapper outbound;

    public RecordMapper(Meters meters) {
        this.inbound = new InboundMapper(meters);
        this.outbound = new OutboundMapper(meters);
    }

    /**
     * The record of a publish.
     *
     * @param clientId kept with the record; null if it need not be
     * @param nowMs when it was received, milliseconds since the Unix epoch
     */
    public Record toRecord(Message message, Route route, @Nullable String clientId, long nowMs) {
        return inbound.toRecord(message, route, clientId, nowMs);
    }

    /** The MQTT message of a record, at {@code nowMs}; empty if it has expired. */
    public Optional<Message> toMessage(String logTopic, Record record, long nowMs) {
        return outbound.toMessage(logTopic, record, nowMs);
    }

    /** The publisher of a record, if it was kept. */
    public static Optional<String> clientId(Record record) {
        return record.headers().lastText(Names.CLIENT_ID);
    }
}
