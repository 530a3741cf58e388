package io.polylog.mqtt.session;

import io.netty.buffer.ByteBuf;
import io.polylog.mqtt.codec.OutboundPublish;
import io.polylog.mqtt.codec.OutboundPublish.Form;
import io.polylog.mqtt.session.OutboundWindow.Ending;
import io.polylog.mqtt.session.OutboundWindow.Entry;
import io.polylog.mqtt.session.OutboundWindow.Settler;
import io.polylog.record.TopicPartition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A client's subscriptions and what it is being sent, while it is connected. What outlives the connection is written by its
 * {@link SessionJournal}, if it has one. Owned by its shard.
 *
 * <p>Where it {@linkplain Standing stands} in each partition is as against the shard's hub. It falls behind at the first record that finds its window full or its connection congested; nothing is ever queued for it here, but for QoS 2
 * messages whose packet identifiers are on their way to the disk.
 */
final class Session {

    static final int[] NO_IDENTIFIERS = {};

    /** Bytes of QoS 2 messages that may wait for their packet identifiers to be durable; one message may exceed it. */
    private static final int MAX_HELD_BYTES = 1 << 20;

    private final String clientId;
    private final boolean mqtt5;
    private final Shard shard;
    private final Link link;
    private final OutboundWindow window;
    private final Map<String, Subscription> subscriptions = new HashMap<>(4);
    private final Standing standing;
    private final Handshakes handshakes;
    private final Map<String, SharedSubscription> shared = new HashMap<>(0);
    private final Absence absence = new Absence();
    private @Nullable SessionJournal journal;
    private @Nullable Redelivery redelivery;
    private int heldBytes;
    private boolean closed;
    private List<Runnable> feeders = List.of();

    /** What a session needs of its connection. */
    interface Link {
        /** Whether the connection takes more without piling it up. */
        boolean isWritable();

        /** Writes without flushing; a packet beyond the client's Maximum Packet Size is dropped and counted. */
        void send(OutboundPublish packet, Form form, int packetId, TopicPartition from);

        /** Writes an answer without flushing. */
        void write(ByteBuf packet);

        /** Whether the client takes packets of this size (MQTT-3.1.2-24). */
        boolean accepts(long packetBytes);

        void flush();
    }

    Session(String clientId, boolean mqtt5, Shard shard, Link link, OutboundWindow window) {
        this.clientId = clientId;
        this.mqtt5 = mqtt5;
        this.shard = shard;
        this.link = link;
        this.window = window;
        this.standing = new Standing(shard, this);
        this.handshakes = new Handshakes(this, shard);
    }

    String clientId() {
        return clientId;
    }

    boolean mqtt5() {
        return mqtt5;
    }

    Link link() {
        return link;
    }

    OutboundWindow window() {
        return window;
    }

    /** Where it stands in each partition. */
    Standing standing() {
        return standing;
    }

    /** How what it was sent goes on. */
    Handshakes handshakes() {
        return handshakes;
    }

    Absence absence() {
        return absence;
    }

    /** From now on it is written down. */
    void keepIn(SessionJournal writes) {
        journal = writes;
    }

    Optional<SessionJournal> journal() {
        return Optional.ofNullable(journal);
    }

    Collection<Subscription> subscriptions() {
        return subscriptions.values();
    }

    @Nullable
    Subscription subscription(String filter) {
        return subscriptions.get(filter);
    }

    int subscriptionCount() {
        return subscriptions.size() + shared.size();
    }

    void subscribed(Subscription subscription) {
        subscriptions.put(subscription.filter(), subscription);
    }

    void unsubscribed(Subscription subscription) {
        subscriptions.remove(subscription.filter());
        for (TopicPartition partition : standing.partitionsBehind()) {
            if (!reads(partition.topic())) {
                standing.forget(partition);
            }
        }
    }

    /** Whether any subscription can match something in a log topic. */
    boolean reads(String logTopic) {
        for (String filter : subscriptions.keySet()) {
            if (Interest.canMatch(filter, logTopic)) {
                return true;
            }
        }
        return false;
    }

    /** Whether what this client publishes must carry its name, so that it can be kept from it. */
    boolean usesNoLocal() {
        for (Subscription subscription : subscriptions.values()) {
            if (subscription.options().noLocal()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Sends one record by those of the session's subscriptions that match it: once, with the highest of their QoS and all
     * of their identifiers (MQTT 5 §3.3.4).
     *
     * @return false if there was no room, and nothing happened
     */
    boolean offer(Delivery delivery, List<Subscription> matching) {
        int maxQos = -1;
        boolean retain = false;
        boolean position = false;
        int[] identifiers = NO_IDENTIFIERS;
        for (Subscription subscription : matching) {
            Subscription.Options options = subscription.options();
            if (!subscription.begins(delivery.partition(), delivery.offset())
                    || (options.noLocal() && delivery.isFrom(clientId))) { // MQTT-3.8.3-3
                continue;
            }
            maxQos = Math.max(maxQos, options.qos());
            retain |= options.retainAsPublished() && delivery.retain(); // MQTT-3.3.1-12, -13
            position |= options.position();
            identifiers = with(identifiers, options.identifier());
        }
        if (maxQos < 0) {
            return true;
        }
        int qos = Math.min(maxQos, delivery.qos());
        if (!absence.isEmpty() && absence.leavesOut(delivery.partition(), delivery.offset(), qos)) {
            return true;
        }
        return send(delivery, new Form(mqtt5, qos, retain, false, identifiers), position, null);
    }

    /**
     * Sends one record in a form that is settled.
     *
     * @param settler hears how a QoS 1 or 2 delivery ends, where it is not the session's own to read again
     * @return false if there was no room, and nothing happened
     */
    boolean send(Delivery delivery, Form form, boolean position, @Nullable Settler settler) {
        if (!hasRoom(form.qos())) {
            return false;
        }
        OutboundPublish packet = delivery.packet(position);
        long size = packet.sizeInBytes(form);
        if (!link.accepts(size)) {
            if (settler != null) {
                settler.settled(Ending.ACCEPTED);
            }
            return true; // as if it had been delivered, MQTT-3.1.2-25
        }
        if (form.qos() == 0) {
            link.send(packet, form, 0, delivery.partition());
            return true;
        }
        Entry entry = window.take(delivery.partition(), delivery.offset(), form.qos(), form.retain(), settler);
        SessionJournal writes = entry.isKept() ? journal : null;
        if (writes == null) {
            link.send(packet, form, entry.packetId(), entry.partition());
            return true;
        }
        writes.delivery(entry.packetId());
        if (settler == null) {
            writes.moved(delivery.partition());
        }
        if (form.qos() == 1) {
            link.send(packet, form, entry.packetId(), entry.partition());
        } else {
            sendOnceDurable(writes, packet, form, entry, (int) Math.min(size, Integer.MAX_VALUE));
        }
        return true;
    }

    /** A QoS 2 packet identifier must not be given to anything else after a crash, so it is durable before it is sent. */
    private void sendOnceDurable(SessionJournal writes, OutboundPublish packet, Form form, Entry entry, int size) {
        heldBytes += size;
        writes.sync(() -> {
            heldBytes -= size;
            if (!closed && window.entry(entry.packetId()) == entry) {
                link.send(packet, form, entry.packetId(), entry.partition());
                packet.release();
                link.flush();
            }
            resume();
        });
    }

    private boolean hasRoom(int qos) {
        return redelivery == null
                && link.isWritable()
                && (qos == 0 || !window.isFull())
                && (qos < 2 || heldBytes < MAX_HELD_BYTES);
    }

    static int[] with(int[] identifiers, int identifier) {
        if (identifier == Subscription.NO_IDENTIFIER) {
            return identifiers;
        }
        int[] more = Arrays.copyOf(identifiers, identifiers.length + 1);
        more[identifiers.length] = identifier;
        return more;
    }

    /**
     * Reads a partition again, from {@code offset}, for a subscription that is about to be added; the session's other
     * subscriptions have had what lies below where it stands.
     */
    void rewind(TopicPartition partition, long offset, long hubPosition) {
        long standsAt = standing.readUpTo(partition, hubPosition);
        if (offset >= standsAt) {
            return;
        }
        for (Subscription other : subscriptions.values()) {
            if (Interest.canMatch(other.filter(), partition.topic())) {
                other.startAt(partition, standsAt);
            }
        }
        standing.forget(partition);
        standing.fallBehind(partition, offset);
        resume();
    }

    /** Sends again what an earlier connection left unsettled, before anything else (MQTT-4.4.0-1, MQTT-4.6.0-1). */
    void redeliver() {
        if (window.size() > 0) {
            redelivery = new Redelivery(shard, this, window.inOrder());
            redelivery.run();
        } else {
            resume();
        }
    }

    /** Everything that was unsettled has been sent again. */
    void redelivered() {
        redelivery = null;
        resume();
    }

    Map<String, SharedSubscription> shared() {
        return shared;
    }

    /** There may be room again. */
    void resume() {
        if (closed || !link.isWritable()) {
            return;
        }
        if (redelivery != null) {
            redelivery.run();
            return;
        }
        standing.resume();
        for (Runnable feeder : feeders) {
            feeder.run();
        }
    }

    void flush() {
        link.flush();
    }

    boolean isClosed() {
        return closed;
    }

    /** Runs {@code feeder} whenever there may be room again, beside what reads the log. */
    void addFeeder(Runnable feeder) {
        List<Runnable> more = new ArrayList<>(feeders);
        more.add(feeder);
        feeders = more;
    }

    void removeFeeder(Runnable feeder) {
        List<Runnable> fewer = new ArrayList<>(feeders);
        fewer.remove(feeder);
        feeders = fewer;
    }

    /** Ends all reading; the shard takes its subscriptions away. */
    void close() {
        closed = true;
        standing.close();
    }
}
