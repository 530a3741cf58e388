package io.polylog.mqtt.session;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Publishes of one client on their way into the log. PUBACKs and PUBRECs leave in the order of their PUBLISHes
 * (MQTT-4.6.0-2, -3) although partitions become durable in any order. Full, it says so: the connection then stops reading. Owned by the
 * connection's event loop.
 */
final class InboundWindow {

    /** Sends one PUBACK, or PUBREC. */
    @FunctionalInterface
    interface Acknowledger {
        void acknowledge(int packetId, int qos, PublishOutcome outcome);
    }

    private static final int NO_PACKET_ID = 0;

    private final int maxMessages;
    private final int maxBytes;
    private final Acknowledger acknowledger;
    private final Deque<Publish> publishes = new ArrayDeque<>();
    private int unacknowledged;
    private long bytes;

    InboundWindow(int maxMessages, int maxBytes, Acknowledger acknowledger) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
        this.acknowledger = acknowledger;
    }

    /** A publish under way; {@link #settle} ends it. */
    static final class Publish {
        private final int packetId;
        private final int qos;
        private final int bytes;
        private @Nullable PublishOutcome outcome;

        private Publish(int packetId, int qos, int bytes) {
            this.packetId = packetId;
            this.qos = qos;
            this.bytes = bytes;
        }

        boolean wantsAcknowledgement() {
            return packetId != NO_PACKET_ID;
        }
    }

    /** QoS 1 publishes without their PUBACK. */
    int unacknowledged() {
        return unacknowledged;
    }

    /**
     * @param packetId anything below 1 for QoS 0
     */
    Publish begin(int packetId, int qos, int publishBytes) {
        Publish publish = new Publish(qos == 0 ? NO_PACKET_ID : packetId, qos, publishBytes);
        publishes.add(publish);
        bytes += publishBytes;
        if (qos == 1) {
            unacknowledged++;
        }
        return publish;
    }

    /** Ends a publish, and acknowledges it once all before it have ended. */
    void settle(Publish publish, PublishOutcome outcome) {
        publish.outcome = outcome;
        Publish head = publishes.peek();
        while (head != null && head.outcome != null) {
            publishes.remove();
            bytes -= head.bytes;
            unacknowledged -= head.qos == 1 ? 1 : 0;
            if (head.wantsAcknowledgement()) {
                acknowledger.acknowledge(head.packetId, head.qos, head.outcome);
            }
            head = publishes.peek();
        }
    }

    boolean isEmpty() {
        return publishes.isEmpty();
    }

    boolean isFull() {
        return publishes.size() >= maxMessages || bytes >= maxBytes;
    }

    /** Empty enough to go on reading; well below full, so that reading does not stop and go with every message. */
    boolean hasEased() {
        return publishes.size() <= maxMessages / 2 && bytes <= maxBytes / 2;
    }
}
