package io.polylog.mqtt.session;

import static io.netty.handler.codec.mqtt.MqttProperties.ASSIGNED_CLIENT_IDENTIFIER;
import static io.netty.handler.codec.mqtt.MqttProperties.AUTHENTICATION_METHOD;
import static io.netty.handler.codec.mqtt.MqttProperties.MAXIMUM_PACKET_SIZE;
import static io.netty.handler.codec.mqtt.MqttProperties.RECEIVE_MAXIMUM;
import static io.netty.handler.codec.mqtt.MqttProperties.REQUEST_PROBLEM_INFORMATION;
import static io.netty.handler.codec.mqtt.MqttProperties.SERVER_KEEP_ALIVE;
import static io.netty.handler.codec.mqtt.MqttProperties.SESSION_EXPIRY_INTERVAL;
import static io.netty.handler.codec.mqtt.MqttProperties.TOPIC_ALIAS_MAXIMUM;

import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.polylog.mqtt.codec.ProtocolViolation;
import io.polylog.mqtt.codec.PublishProperties;
import io.polylog.mqtt.codec.ReasonCode;
import io.polylog.session.SessionStore;
import java.util.Optional;
import java.util.UUID;

/**
 * What a CONNECT has settled: the client's limits and ours (MQTT 5 §3.1, §3.2).
 *
 * @param clientId the client's own, or one assigned to it
 * @param receiveMaximum QoS 1 and 2 deliveries that the client allows under way
 * @param maxPacketBytes largest packet the client takes
 * @param keepAliveSeconds in force; 0 for none
 * @param cleanStart whether a session that is there ends first
 * @param sessionExpirySeconds how long the session outlives the connection; 0 to {@link #NEVER_EXPIRES}
 * @param wantsSentences whether the client wants to be told more of a failure than its reason code (MQTT 5 §3.1.2.11.7)
 * @param acceptance properties of our CONNACK
 */
record Handshake(
        String clientId,
        boolean mqtt5,
        int receiveMaximum,
        long maxPacketBytes,
        int keepAliveSeconds,
        boolean cleanStart,
        long sessionExpirySeconds,
        Optional<Will> will,
        boolean wantsSentences,
        MqttProperties acceptance) {

    /** A session that does not end by itself (MQTT 5 §3.1.2.11.2). */
    static final long NEVER_EXPIRES = 0xFFFF_FFFFL;

    /** Longest client identifier; it lives in tables and logs. */
    private static final int MAX_CLIENT_ID_CHARS = 1024;

    private static final int DEFAULT_RECEIVE_MAXIMUM = 65_535; // MQTT 5 §3.1.2.11.3

    /**
     * @throws ProtocolViolation with the reason to refuse the connection
     */
    static Handshake of(MqttConnectMessage connect, MqttLimits limits) {
        MqttConnectVariableHeader header = connect.variableHeader();
        boolean mqtt5 = header.version() >= 5;
        MqttProperties asked = header.properties();
        if (asked.getProperty(AUTHENTICATION_METHOD) != null) { // MQTT 5 §4.12: none is supported
            throw new ProtocolViolation(ReasonCode.BAD_AUTHENTICATION_METHOD, "enhanced authentication");
        }
        MqttProperties acceptance = new MqttProperties();
        String clientId = clientId(connect, mqtt5, acceptance);
        int keepAlive = mqtt5 ? keepAlive(header.keepAliveTimeSeconds(), limits) : header.keepAliveTimeSeconds();
        long askedExpiry = mqtt5
                ? Math.max(0, PublishProperties.integer(asked, SESSION_EXPIRY_INTERVAL))
                : (header.isCleanSession() ? 0 : NEVER_EXPIRES);
        long sessionExpiry = limited(askedExpiry, limits);
        if (mqtt5) {
            announce(acceptance, limits);
            if (keepAlive != header.keepAliveTimeSeconds()) {
                integer(acceptance, SERVER_KEEP_ALIVE, keepAlive);
            }
            if (sessionExpiry != askedExpiry) {
                integer(acceptance, SESSION_EXPIRY_INTERVAL, (int) sessionExpiry);
            }
        }
        long receiveMaximum = PublishProperties.integer(asked, RECEIVE_MAXIMUM);
        long maxPacketBytes = PublishProperties.integer(asked, MAXIMUM_PACKET_SIZE);
        return new Handshake(
                clientId,
                mqtt5,
                receiveMaximum < 0 ? DEFAULT_RECEIVE_MAXIMUM : (int) receiveMaximum,
                maxPacketBytes < 0 ? Long.MAX_VALUE : maxPacketBytes,
                keepAlive,
                header.isCleanSession(),
                sessionExpiry,
                Will.of(connect),
                mqtt5 && PublishProperties.integer(asked, REQUEST_PROBLEM_INFORMATION) != 0,
                mqtt5 ? acceptance : MqttProperties.NO_PROPERTIES);
    }

    /** What the gateway grants of an expiry that a client asks for. */
    static long limited(long expirySeconds, MqttLimits limits) {
        return limits.maxSessionExpirySeconds() == MqttLimits.ANY_SESSION_EXPIRY
                ? expirySeconds
                : Math.min(expirySeconds, limits.maxSessionExpirySeconds());
    }

    /** In milliseconds, as sessions count. */
    static long expiryMs(long expirySeconds) {
        return expirySeconds == NEVER_EXPIRES ? SessionStore.NEVER : expirySeconds * 1000;
    }

    private static String clientId(MqttConnectMessage connect, boolean mqtt5, MqttProperties acceptance) {
        String clientId = connect.payload().clientIdentifier();
        if (clientId.isEmpty()) {
            if (!mqtt5 && !connect.variableHeader().isCleanSession()) { // MQTT 3.1.1, MQTT-3.1.3-8
                throw new ProtocolViolation(
                        ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, "no client identifier for a session that should last");
            }
            String assigned = "polylog-" + UUID.randomUUID();
            acceptance.add(new MqttProperties.StringProperty(ASSIGNED_CLIENT_IDENTIFIER, assigned));
            return assigned;
        }
        if (clientId.length() > MAX_CLIENT_ID_CHARS || clientId.chars().anyMatch(Character::isISOControl)) {
            throw new ProtocolViolation(
                    ReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
                    "client identifier with control characters or over " + MAX_CLIENT_ID_CHARS + " characters");
        }
        return clientId;
    }

    private static int keepAlive(int asked, MqttLimits limits) {
        int most = limits.maxKeepAliveSeconds();
        if (most == MqttLimits.ANY_KEEP_ALIVE) {
            return asked;
        }
        return asked == 0 ? most : Math.min(asked, most);
    }

    private static void announce(MqttProperties acceptance, MqttLimits limits) {
        integer(acceptance, RECEIVE_MAXIMUM, limits.receiveMaximum());
        integer(acceptance, MAXIMUM_PACKET_SIZE, limits.packets().maxPacketBytes());
        if (limits.topicAliasMaximum() > 0) {
            integer(acceptance, TOPIC_ALIAS_MAXIMUM, limits.topicAliasMaximum());
        }
    }

    private static void integer(MqttProperties properties, int id, int value) {
        properties.add(new MqttProperties.IntegerProperty(id, value));
    }
}
