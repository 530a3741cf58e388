package io.polylog.camel;

import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.eclipse.paho.mqttv5.common.MqttException;

/**
 * Tells a far side that is down, which comes back, from a route that nothing but an edit will start and from a message that
 * the far side will never take. A far side that does not let the gateway in counts as down: that is mended there.
 */
final class FarSide {

    /** Longest chain of causes that is followed. */
    private static final int MAX_DEPTH = 20;

    /** What says of a connection that it is not there; a route's own files fail with other kinds of I/O exceptions. */
    private static final Set<Class<?>> CONNECTION_FAILURES = Set.of(
            SocketException.class, // refused, reset, no route
            SocketTimeoutException.class,
            UnknownHostException.class,
            UnresolvedAddressException.class,
            ClosedChannelException.class,
            SSLException.class);

    /** The same from clients that need not be on the class path. */
    private static final Set<String> CLIENT_FAILURES = Set.of(
            "org.eclipse.paho.client.mqttv3.MqttException",
            "jakarta.jms.IllegalStateException", // what was closed, mostly since the connection failed
            "jakarta.jms.JMSSecurityException",
            "jakarta.jms.ResourceAllocationException",
            "org.apache.qpid.jms.provider.exceptions.ProviderClosedException",
            "org.apache.qpid.jms.provider.exceptions.ProviderConnectionRemotelyClosedException",
            "org.apache.qpid.jms.provider.exceptions.ProviderDeliveryReleasedException",
            "org.apache.qpid.jms.provider.exceptions.ProviderFailedException",
            "org.apache.qpid.jms.provider.exceptions.ProviderIdleTimeoutException",
            "org.apache.qpid.jms.provider.exceptions.ProviderIOException",
            "org.apache.qpid.jms.provider.exceptions.ProviderOperationTimedOutException",
            "org.apache.qpid.jms.provider.exceptions.ProviderResourceClosedException");

    /**
     * Reasons for which a message would be refused again, or a route not start: malformed, protocol error, topic name, packet
     * size, payload format, retain and QoS that are not supported (MQTT 5 §2.4), settings of TLS and a message of the wrong
     * kind (Paho's own).
     */
    private static final Set<Integer> LASTING_REASONS =
            Set.of(0x81, 0x82, 0x90, 0x95, 0x99, 0x9A, 0x9B, 32_105, 32_106, 32_108);

    /** From here on Paho numbers packets that cannot be written or read. */
    private static final int FIRST_PACKET_REASON = 50_000;

    private FarSide() {}

    static boolean isDown(Throwable failure) {
        int depth = 0;
        for (Throwable cause = failure; cause != null && depth++ < MAX_DEPTH; cause = cause.getCause()) {
            if (isConnectionFailure(cause)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isConnectionFailure(Throwable cause) {
        if (cause instanceof MqttException mqtt) {
            int reason = mqtt.getReasonCode();
            // A client exception only carries another, which is looked at next.
            return reason != MqttException.REASON_CODE_CLIENT_EXCEPTION
                    && reason < FIRST_PACKET_REASON
                    && !LASTING_REASONS.contains(reason);
        }
        for (Class<?> type = cause.getClass(); type != null; type = type.getSuperclass()) {
            if (CONNECTION_FAILURES.contains(type) || CLIENT_FAILURES.contains(type.getName())) {
                return true;
            }
        }
        return false;
    }
}
