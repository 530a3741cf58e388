package io.polylog.mqtt.session;

import io.polylog.record.TopicPartition;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * QoS 1 and 2 deliveries of one session that are not settled, by packet identifier. At most as many are under way on a
 * connection as the client's Receive Maximum and the gateway's own limit allow (MQTT 5 §4.9); those that an earlier
 * connection left behind count once they are sent again. Owned by the connection's event loop.
 */
final class OutboundWindow {

    private static final int MAX_PACKET_ID = 65_535;

    /** How far the settlement of a delivery has come; the codes are stored with the session. */
    enum Phase {
        /** PUBLISH sent, or about to be. */
        PUBLISHED(1),
        /** PUBREC received: only PUBREL may be sent from now on. */
        RELEASED(2);

        private final byte code;

        Phase(int code) {
            this.code = (byte) code;
        }

        byte code() {
            return code;
        }

        static Phase of(byte code) {
            return code == RELEASED.code ? RELEASED : PUBLISHED;
        }
    }

    /** One delivery. */
    static final class Entry {
        private final int packetId;
        private final long order;
        private final TopicPartition partition;
        private final long offset;
        private final int qos;
        private final boolean retain;
        private final String source;
        private @Nullable Settler settler;
        private Phase phase = Phase.PUBLISHED;
        private boolean underWay;

        private Entry(
                int packetId,
                long order,
                TopicPartition partition,
                long offset,
                int qos,
                boolean retain,
                String source,
                @Nullable Settler settler) {
            this.packetId = packetId;
            this.order = order;
            this.partition = partition;
            this.offset = offset;
            this.qos = qos;
            this.retain = retain;
            this.source = source;
            this.settler = settler;
        }

        int packetId() {
            return packetId;
        }

        long order() {
            return order;
        }

        TopicPartition partition() {
            return partition;
        }

        long offset() {
            return offset;
        }

        int qos() {
            return qos;
        }

        boolean retain() {
            return retain;
        }

        Phase phase() {
            return phase;
        }

        /** The share group that it came through; empty for records that are the session's own to read. */
        String source() {
            return source;
        }

        /** Whether a session that lasts keeps it: all but the QoS 1 deliveries of share groups, which give those to others. */
        boolean isKept() {
            return settler == null || qos == 2;
        }

        /** Who else has to hear how it ends; null for records that are the session's own to read. */
        @Nullable
        Settler settler() {
            return settler;
        }

        /** From now on it is the session's own. */
        void adopt() {
            settler = null;
        }
    }

    /** How a delivery ends that others have to hear of. */
    enum Ending {
        ACCEPTED,
        /** By the client, with an error. */
        REFUSED,
        /** The session does not know of it any more. */
        FORGOTTEN
    }

    /** Hears how a delivery of a share group has ended. */
    interface Settler {
        String groupId();

        /** Completes on any thread once that is durable; told again, it changes nothing. */
        CompletionStage<Void> settled(Ending ending);
    }

    private final int limit;
    private final LongAdder inFlight;
    private final Map<Integer, Entry> entries = new HashMap<>(4);
    private final BitSet inUse = new BitSet();
    private int underWay;
    private int last;
    private long nextOrder;
    private boolean closed;

    /**
     * @param limit from 1 to 65,535
     * @param inFlight counts the deliveries of all windows
     */
    OutboundWindow(int limit, LongAdder inFlight) {
        if (limit < 1 || limit > MAX_PACKET_ID) {
            throw new IllegalArgumentException("window of " + limit);
        }
        this.limit = limit;
        this.inFlight = inFlight;
    }

    boolean isFull() {
        return underWay >= limit || entries.size() >= MAX_PACKET_ID;
    }

    /** Deliveries that are not settled, whether or not they are under way. */
    int size() {
        return entries.size();
    }

    @Nullable
    Entry entry(int packetId) {
        return entries.get(packetId);
    }

    /** Takes a packet identifier that is not in use; identifiers go round, so that a late PUBACK meets nothing new. */
    Entry take(TopicPartition partition, long offset, int qos, boolean retain, @Nullable Settler settler) {
        if (isFull()) {
            throw new IllegalStateException("window of " + limit + " is full");
        }
        int id = inUse.nextClearBit(last + 1);
        if (id > MAX_PACKET_ID) {
            id = inUse.nextClearBit(1);
        }
        last = id;
        String source = settler == null ? "" : settler.groupId();
        Entry entry = new Entry(id, nextOrder++, partition, offset, qos, retain, source, settler);
        add(entry);
        begin(entry);
        return entry;
    }

    /** A delivery of an earlier connection; it is not under way until {@link #begin}. */
    void restore(
            int packetId,
            long order,
            TopicPartition partition,
            long offset,
            int qos,
            boolean retain,
            String source,
            Phase phase) {
        Entry entry = new Entry(packetId, order, partition, offset, qos, retain, source, null);
        entry.phase = phase;
        add(entry);
        nextOrder = Math.max(nextOrder, order + 1);
        last = Math.max(last, packetId);
    }

    /** All deliveries in the order in which they were made. */
    List<Entry> inOrder() {
        List<Entry> all = new ArrayList<>(entries.values());
        all.sort(Comparator.comparingLong(Entry::order));
        return all;
    }

    /** It is sent on this connection. */
    void begin(Entry entry) {
        if (!entry.underWay) {
            entry.underWay = true;
            underWay++;
        }
    }

    /** The client has received a QoS 2 message. */
    void released(Entry entry) {
        entry.phase = Phase.RELEASED;
    }

    /** The delivery is settled; its identifier is free. Null if it was not in use. */
    @Nullable
    Entry release(int packetId) {
        Entry entry = entries.remove(packetId);
        if (entry != null) {
            inUse.clear(packetId);
            count(-1);
            if (entry.underWay) {
                underWay--;
            }
        }
        return entry;
    }

    private void add(Entry entry) {
        if (entries.put(entry.packetId, entry) != null) {
            throw new IllegalStateException("packet identifier " + entry.packetId + " is in use");
        }
        inUse.set(entry.packetId);
        count(1);
    }

    private void count(int change) {
        if (!closed) {
            inFlight.add(change);
        }
    }

    /** The connection is gone: what is left is not in flight any more. */
    void close() {
        count(-entries.size());
        closed = true;
    }
}
