package io.polylog.mqtt.codec;

/**
 * Bounds on what a peer may send in one packet.
 *
 * @param maxPacketBytes the largest PUBLISH, fixed header included; announced to MQTT 5 clients
 */
public record PacketLimits(int maxPacketBytes) {

    /** The largest CONNECT: nobody is trusted with more memory before it is known who they are. */
    static final int CONNECT_BYTES = 64 * 1024;

    /** The largest packet of any other type; a thousand long filters fit. */
    static final int CONTROL_BYTES = 128 * 1024;

    /** The largest property section: decoded properties weigh many times their bytes. */
    static final int PROPERTY_BYTES = 128 * 1024;

    private static final int CONNECT = 1;
    private static final int PUBLISH = 3;

    public PacketLimits {
        if (maxPacketBytes < 1024) {
            throw new IllegalArgumentException("maximum packet size " + maxPacketBytes + " is below 1024 bytes");
        }
    }

    int forType(int packetType) {
        return switch (packetType) {
            case CONNECT -> Math.min(CONNECT_BYTES, maxPacketBytes);
            case PUBLISH -> maxPacketBytes;
            default -> Math.min(CONTROL_BYTES, maxPacketBytes);
        };
    }
}
