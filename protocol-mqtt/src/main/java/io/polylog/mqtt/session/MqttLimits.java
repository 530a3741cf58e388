package io.polylog.mqtt.session;

import io.polylog.mqtt.codec.PacketLimits;
import java.util.Objects;

/**
 * What one client may ask of the gateway, and what is kept of it.
 *
 * @param packets bounds of single packets
 * @param receiveMaximum unacknowledged QoS 1 and 2 publishes a client may have under way, announced to MQTT 5 clients; beyond
 *     it the gateway stops reading
 * @param publishBytesInFlight bytes of publishes under way per connection before the gateway stops reading
 * @param maxInflight QoS 1 and 2 deliveries that are not settled per client, if the client itself allows as many
 * @param topicAliasMaximum topic aliases a client may define; 0 for none
 * @param maxKeepAliveSeconds longest keep alive granted to MQTT 5 clients, the only ones that can
 *     be told; 65,535 grants everything, also none at all
 * @param connectTimeoutSeconds how long a connection may take to send its CONNECT
 * @param maxSubscriptions filters per client
 * @param maxSessionExpirySeconds how long a session may outlive its client's absence; {@link #ANY_SESSION_EXPIRY} grants
 *     everything, also sessions that never end
 * @param storesClientId whether the log keeps who published each message
 */
public record MqttLimits(
        PacketLimits packets,
        int receiveMaximum,
        int publishBytesInFlight,
        int maxInflight,
        int topicAliasMaximum,
        int maxKeepAliveSeconds,
        int connectTimeoutSeconds,
        int maxSubscriptions,
        int maxSessionExpirySeconds,
        boolean storesClientId) {

    /** The largest keep alive the protocol can express (MQTT 5 §3.1.2.10). */
    static final int ANY_KEEP_ALIVE = 65_535;

    /** No limit at all. */
    static final int ANY_SESSION_EXPIRY = Integer.MAX_VALUE;

    public MqttLimits {
        Objects.requireNonNull(packets, "packets");
    }
}
