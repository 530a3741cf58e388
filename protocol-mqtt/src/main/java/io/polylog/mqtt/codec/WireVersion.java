package io.polylog.mqtt.codec;

/**
 * The protocol level that a connection's CONNECT asks for, known as soon as its first bytes are: a refusal must be
 * written in the client's own dialect even when the rest of its CONNECT cannot be read. Owned by the event loop.
 */
public final class WireVersion {

    private static final int UNKNOWN = 0;
    private static final int MQTT_5 = 5;

    private int level = UNKNOWN;

    void level(int protocolLevel) {
        this.level = protocolLevel;
    }

    /** Whether answers are written as MQTT 5; a level beyond 5 understands that better than anything older. */
    public boolean isMqtt5() {
        return level >= MQTT_5;
    }

    /** Whether the connection opened with something that looks like a CONNECT. */
    public boolean isKnown() {
        return level != UNKNOWN;
    }
}
