package io.polylog.mqtt;

import io.polylog.config.ConfigKey;
import io.polylog.config.Settings;
import io.polylog.mqtt.codec.PacketLimits;
import io.polylog.mqtt.session.MqttLimits;
import java.util.List;

/** The keys of the {@code mqtt} block. */
final class MqttKeys {

    /** What Kafka clients and topics are set to by default: a larger message could not be read everywhere. */
    private static final ConfigKey<Integer> MAX_PACKET_BYTES = ConfigKey.integer(
            "mqtt.max-packet-bytes",
            1 << 20,
            1024,
            256 << 20,
            "Largest PUBLISH packet accepted, and announced to MQTT 5 clients.");

    private static final ConfigKey<Integer> RECEIVE_MAXIMUM = ConfigKey.integer(
            "mqtt.receive-maximum",
            1000,
            1,
            65_535,
            "Publishes of one client on their way to the log before the gateway stops reading from it.");

    private static final ConfigKey<Integer> PUBLISH_BYTES = ConfigKey.integer(
            "mqtt.publish-bytes-in-flight",
            4 << 20,
            1024,
            1 << 30,
            "Bytes of publishes of one client on their way to the log before the gateway stops reading from it.");

    private static final ConfigKey<Integer> MAX_INFLIGHT = ConfigKey.integer(
            "mqtt.max-inflight",
            1024,
            1,
            65_535,
            "QoS 1 and 2 messages sent to one client that are not settled yet; its own receive maximum may be lower.");

    private static final ConfigKey<Integer> TOPIC_ALIAS_MAXIMUM = ConfigKey.integer(
            "mqtt.topic-alias-maximum",
            0,
            0,
            65_535,
            "Topic aliases that one MQTT 5 client may define. Eclipse Paho 1.2.5 uses those of a lost connection on the next"
                    + " one, which is a protocol error, and so can never come back: leave it 0 for such clients.");

    private static final ConfigKey<Integer> MAX_KEEP_ALIVE_SECONDS = ConfigKey.integer(
            "mqtt.max-keep-alive-seconds",
            65_535,
            1,
            65_535,
            "Longest keep alive granted to MQTT 5 clients; 65535 grants what they ask, also none.");

    private static final ConfigKey<Integer> CONNECT_TIMEOUT_SECONDS = ConfigKey.integer(
            "mqtt.connect-timeout-seconds", 10, 1, 3600, "How long a connection may take to send its CONNECT.");

    private static final ConfigKey<Integer> MAX_SUBSCRIPTIONS = ConfigKey.integer(
            "mqtt.max-subscriptions", 1000, 1, 1_000_000, "Topic filters that one client may subscribe to.");

    private static final ConfigKey<Integer> MAX_SESSION_EXPIRY_SECONDS = ConfigKey.integer(
            "mqtt.max-session-expiry-seconds",
            Integer.MAX_VALUE,
            0,
            Integer.MAX_VALUE,
            "Longest time that a session outlives its client's absence; 2147483647 grants what clients ask, also for ever.");

    private static final ConfigKey<Boolean> CLIENT_ID_HEADER = ConfigKey.flag(
            "mqtt.client-id-header",
            false,
            "Keep the client identifier of the publisher in the header mqtt.client-id of every record.");

    static final List<ConfigKey<?>> ALL = List.of(
            MAX_PACKET_BYTES,
            RECEIVE_MAXIMUM,
            PUBLISH_BYTES,
            MAX_INFLIGHT,
            TOPIC_ALIAS_MAXIMUM,
            MAX_KEEP_ALIVE_SECONDS,
            CONNECT_TIMEOUT_SECONDS,
            MAX_SUBSCRIPTIONS,
            MAX_SESSION_EXPIRY_SECONDS,
            CLIENT_ID_HEADER);

    private MqttKeys() {}

    static MqttLimits limits(Settings settings) {
        return new MqttLimits(
                new PacketLimits(settings.get(MAX_PACKET_BYTES)),
                settings.get(RECEIVE_MAXIMUM),
                settings.get(PUBLISH_BYTES),
                settings.get(MAX_INFLIGHT),
                settings.get(TOPIC_ALIAS_MAXIMUM),
                settings.get(MAX_KEEP_ALIVE_SECONDS),
                settings.get(CONNECT_TIMEOUT_SECONDS),
                settings.get(MAX_SUBSCRIPTIONS),
                settings.get(MAX_SESSION_EXPIRY_SECONDS),
                settings.get(CLIENT_ID_HEADER));
    }
}
