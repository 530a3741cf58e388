package io.polylog.kafka.call;

import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/**
 * This gateway as Kafka clients know it: one broker, its own controller, under the address it advertises. Made before
 * the port is bound and completed by {@link #bound}; any thread.
 */
public final class Endpoint {

    private final String clusterId;
    private final int nodeId;
    private final String configuredHost;
    private final int configuredPort;
    private final int configuredTlsPort;
    private volatile InetSocketAddress bound = InetSocketAddress.createUnresolved("localhost", 0);

    /**
     * @param configuredHost host to advertise; empty for the bound one
     * @param configuredPort port to advertise to who speaks plainly; 0 for the one that the client has reached
     * @param configuredTlsPort port to advertise to who speaks TLS; 0 for the one that the client has reached
     */
    public Endpoint(UUID clusterId, int nodeId, String configuredHost, int configuredPort, int configuredTlsPort) {
        this.clusterId = kafkaId(clusterId).toString();
        this.nodeId = nodeId;
        this.configuredHost = Objects.requireNonNull(configuredHost, "configuredHost");
        this.configuredPort = configuredPort;
        this.configuredTlsPort = configuredTlsPort;
    }

    public void bound(InetSocketAddress address) {
        bound = address;
    }

    public String clusterId() {
        return clusterId;
    }

    public int nodeId() {
        return nodeId;
    }

    /** Refuses what is asked of another node than this one; {@code name} is the node's id. */
    public void checkNode(String name) {
        int asked;
        try {
            asked = Integer.parseInt(name);
        } catch (NumberFormatException notANumber) {
            throw Errors.INVALID_REQUEST.exception("Broker id must be an integer, but it is: " + name);
        }
        if (asked != nodeId) {
            throw Errors.INVALID_REQUEST.exception(
                    "Unexpected broker id, expected " + nodeId + ", but received " + name);
        }
    }

    /** The host a client should connect to: when all addresses are bound, the one it has reached already. */
    public String host(Call call) {
        if (!configuredHost.isEmpty()) {
            return configuredHost;
        }
        InetSocketAddress address = bound;
        boolean everywhere =
                address.getAddress() == null || address.getAddress().isAnyLocalAddress();
        return everywhere
                ? call.localAddress().getHostAddress()
                : address.getAddress().getHostAddress();
    }

    /** The port a client should connect to, which speaks as the one it has reached. */
    public int port(Call call) {
        int configured = call.encrypted() ? configuredTlsPort : configuredPort;
        return configured != 0 ? configured : call.localPort();
    }

    public static Uuid kafkaId(UUID id) {
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    static UUID javaId(Uuid id) {
        return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }
}
