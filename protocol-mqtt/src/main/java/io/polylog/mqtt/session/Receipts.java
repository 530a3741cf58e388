package io.polylog.mqtt.session;

import io.polylog.session.SessionRow;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * QoS 2 publishes of a session between PUBLISH and PUBCOMP, by packet identifier: what makes a second PUBLISH of the same
 * one a repetition. Owned by the connection's event loop.
 */
final class Receipts {

    /** Sequences are noted in steps of this many, so that few publishes write more than their receipt. */
    private static final long SEQUENCE_STEP = 1000;

    /** How far a publish has come. */
    enum State {
        /** Of an earlier connection: whether it has reached the log is not known, unless its client says so with PUBREL. */
        RESTORED,
        /** On its way to the log. */
        TAKING,
        /** In the log; PUBREC is sent. */
        TAKEN,
        /** PUBREL has come; PUBCOMP is sent once the receipt is forgotten for good. */
        RELEASING
    }

    /** One publish. */
    static final class Receipt {
        private final int packetId;
        private final long sequence;
        private final UUID topicId;
        private final int partition;
        private State state;

        private Receipt(int packetId, long sequence, UUID topicId, int partition, State state) {
            this.packetId = packetId;
            this.sequence = sequence;
            this.topicId = topicId;
            this.partition = partition;
            this.state = state;
        }

        int packetId() {
            return packetId;
        }

        /** By which the partition knows it. */
        long sequence() {
            return sequence;
        }

        UUID topicId() {
            return topicId;
        }

        int partition() {
            return partition;
        }

        State state() {
            return state;
        }

        void become(State next) {
            state = next;
        }

        SessionRow row() {
            return new SessionRow.Receipt(packetId, topicId, partition, sequence);
        }
    }

    private final Map<Integer, Receipt> byPacketId = new HashMap<>(2);
    private long nextSequence = 1;
    private long noted = 1;

    int size() {
        return byPacketId.size();
    }

    @Nullable
    Receipt find(int packetId) {
        return byPacketId.get(packetId);
    }

    /** Takes up what a session has kept, where it is about publishes. */
    void restore(SessionRow row) {
        if (row instanceof SessionRow.Receipt receipt) {
            restore(receipt);
        } else if (row instanceof SessionRow.Sequences sequences) {
            restore(sequences);
        }
    }

    private void restore(SessionRow.Receipt row) {
        byPacketId.put(
                row.tag(), new Receipt(row.tag(), row.sequence(), row.topicId(), row.partition(), State.RESTORED));
        nextSequence = Math.max(nextSequence, row.sequence() + 1);
    }

    private void restore(SessionRow.Sequences row) {
        nextSequence = Math.max(nextSequence, row.unused());
        noted = nextSequence;
    }

    /** A new publish; replaces what was under its packet identifier. */
    Receipt add(int packetId, UUID topicId, int partition) {
        Receipt receipt = new Receipt(packetId, nextSequence++, topicId, partition, State.TAKING);
        byPacketId.put(packetId, receipt);
        return receipt;
    }

    /** Whether sequences have been given that are not noted; the answer is to be made durable with the next receipt. */
    boolean needsNote() {
        return nextSequence > noted;
    }

    SessionRow note() {
        noted = nextSequence + SEQUENCE_STEP;
        return new SessionRow.Sequences(noted);
    }

    void remove(Receipt receipt) {
        byPacketId.remove(receipt.packetId, receipt);
    }

    /** No publish of a lower sequence will be repeated. */
    long floor() {
        long floor = nextSequence;
        for (Receipt receipt : byPacketId.values()) {
            floor = Math.min(floor, receipt.sequence);
        }
        return floor;
    }
}
