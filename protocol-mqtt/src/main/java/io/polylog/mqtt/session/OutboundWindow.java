package io.polylog.mqtt.session;

import java.util.BitSet;

/**
 * Packet identifiers of QoS 1 deliveries that wait for their PUBACK, at most as many as the client's Receive Maximum and
 * the gateway's own limit allow (MQTT 5 §4.9). Owned by the connection's event loop.
 */
final class OutboundWindow {

    private static final int MAX_PACKET_ID = 65_535;

    private final int limit;
    private final BitSet inflight = new BitSet();
    private int size;
    private int last;

    /**
     * @param limit from 1 to 65,535
     */
    OutboundWindow(int limit) {
        if (limit < 1 || limit > MAX_PACKET_ID) {
            throw new IllegalArgumentException("window of " + limit);
        }
        this.limit = limit;
    }

    boolean isFull() {
        return size >= limit;
    }

    int size() {
        return size;
    }

    /** Takes a packet identifier that is not in use; identifiers go round, so that a late PUBACK meets nothing new. */
    int take() {
        if (isFull()) {
            throw new IllegalStateException("window of " + limit + " is full");
        }
        int id = inflight.nextClearBit(last + 1);
        if (id > MAX_PACKET_ID) {
            id = inflight.nextClearBit(1);
        }
        inflight.set(id);
        last = id;
        size++;
        return id;
    }

    /** Frees an identifier; false if it was not in use. */
    boolean release(int packetId) {
        if (!inflight.get(packetId)) {
            return false;
        }
        inflight.clear(packetId);
        size--;
        return true;
    }
}
