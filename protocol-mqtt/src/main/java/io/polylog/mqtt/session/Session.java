package io.polylog.mqtt.session;

import io.polylog.mqtt.codec.OutboundPublish;
import io.polylog.mqtt.codec.OutboundPublish.Form;
import io.polylog.record.TopicPartition;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A client's subscriptions and what it is being sent. It lives as long as its connection, and is owned by its shard.
 *
 * <p>For each partition it is in step with the shard's hub, or behind it with a {@link CatchUp}. It falls behind at the
 * first record that finds its window full or its connection congested; nothing is ever queued for it here.
 */
final class Session {

    private static final int[] NO_IDENTIFIERS = {};

    private final String clientId;
    private final boolean mqtt5;
    private final Shard shard;
    private final Link link;
    private final OutboundWindow window;
    private final Map<String, Subscription> subscriptions = new HashMap<>(4);
    private final Map<TopicPartition, CatchUp> behind = new HashMap<>(2);
    /** After catching up ahead of the hub: records below these offsets were sent already. */
    private final Map<TopicPartition, Long> ahead = new HashMap<>(2);

    private boolean closed;

    /** What a session needs of its connection. */
    interface Link {
        /** Whether the connection takes more without piling it up. */
        boolean isWritable();

        /** Writes without flushing; a packet beyond the client's Maximum Packet Size is dropped and counted. */
        void send(OutboundPublish packet, Form form, int packetId);

        /** Whether the client takes packets of this size (MQTT-3.1.2-24). */
        boolean accepts(long packetBytes);

        void flush();

        /** Another connection has come with the same client identifier; called from any thread. */
        void takenOver();
    }

    Session(String clientId, boolean mqtt5, Shard shard, Link link, int windowSize) {
        this.clientId = clientId;
        this.mqtt5 = mqtt5;
        this.shard = shard;
        this.link = link;
        this.window = new OutboundWindow(windowSize);
    }

    String clientId() {
        return clientId;
    }

    Link link() {
        return link;
    }

    Collection<Subscription> subscriptions() {
        return subscriptions.values();
    }

    @Nullable
    Subscription subscription(String filter) {
        return subscriptions.get(filter);
    }

    int subscriptionCount() {
        return subscriptions.size();
    }

    void subscribed(Subscription subscription) {
        subscriptions.put(subscription.filter(), subscription);
    }

    void unsubscribed(Subscription subscription) {
        subscriptions.remove(subscription.filter());
        for (TopicPartition partition : List.copyOf(behind.keySet())) {
            if (subscriptions.keySet().stream().noneMatch(filter -> Interest.canMatch(filter, partition.topic()))) {
                forget(partition);
            }
        }
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

    /** Whether the hub serves this session at that record; otherwise it has it already, or will read it itself. */
    boolean isInStep(TopicPartition partition, long offset) {
        if (closed || (!behind.isEmpty() && behind.containsKey(partition))) {
            return false;
        }
        if (ahead.isEmpty()) {
            return true;
        }
        Long first = ahead.get(partition);
        if (first == null) {
            return true;
        }
        if (offset < first) {
            return false;
        }
        ahead.remove(partition);
        return true;
    }

    /** Where it reads on in a partition, given where the hub does. */
    long positionIn(TopicPartition partition, long hubPosition) {
        CatchUp catchUp = behind.get(partition);
        return catchUp == null ? hubPosition : catchUp.position();
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
            if (options.identifier() != Subscription.NO_IDENTIFIER) {
                identifiers = Arrays.copyOf(identifiers, identifiers.length + 1);
                identifiers[identifiers.length - 1] = options.identifier();
            }
        }
        if (maxQos < 0) {
            return true;
        }
        int qos = Math.min(maxQos, delivery.qos());
        if (!link.isWritable() || (qos > 0 && window.isFull())) {
            return false;
        }
        OutboundPublish packet = delivery.packet(position);
        Form form = new Form(mqtt5, qos, retain, identifiers);
        if (link.accepts(packet.sizeInBytes(form))) {
            link.send(packet, form, qos > 0 ? window.take() : 0);
        }
        return true;
    }

    /** There was no room for the record at {@code offset}: from there on the session reads for itself. */
    void fallBehind(TopicPartition partition, long offset) {
        if (closed) {
            return; // the write that failed has ended the connection
        }
        behind.put(partition, new CatchUp(shard, this, partition, offset));
    }

    /**
     * Reads a partition again, from {@code offset}, for a subscription that is about to be added; the session's other
     * subscriptions have had what lies below where it stands.
     */
    void rewind(TopicPartition partition, long offset, long hubPosition) {
        long sentAhead = ahead.getOrDefault(partition, 0L);
        long standsAt = Math.max(positionIn(partition, hubPosition), sentAhead);
        if (offset >= standsAt) {
            return;
        }
        for (Subscription other : subscriptions.values()) {
            if (Interest.canMatch(other.filter(), partition.topic())) {
                other.startAt(partition, standsAt);
            }
        }
        forget(partition);
        fallBehind(partition, offset);
        resume();
    }

    /** The hub serves this partition again, except for what lies below {@code position}. */
    void caughtUp(TopicPartition partition, long position) {
        behind.remove(partition);
        ahead.put(partition, position);
    }

    /** A partition is gone, and with it what was remembered of it. */
    void forget(TopicPartition partition) {
        CatchUp catchUp = behind.remove(partition);
        if (catchUp != null) {
            catchUp.close();
        }
        ahead.remove(partition);
    }

    /** A PUBACK has come, with whatever reason: it settles the delivery (MQTT 5 §4.3.2). */
    void acknowledged(int packetId) {
        if (window.release(packetId)) {
            resume();
        }
    }

    /** There may be room again. */
    void resume() {
        if (!behind.isEmpty() && link.isWritable() && !closed) {
            behind.values().forEach(CatchUp::resume);
        }
    }

    void flush() {
        link.flush();
    }

    /** Ends all reading; the shard takes its subscriptions away. */
    void close() {
        closed = true;
        behind.values().forEach(CatchUp::close);
        behind.clear();
        ahead.clear();
    }
}
