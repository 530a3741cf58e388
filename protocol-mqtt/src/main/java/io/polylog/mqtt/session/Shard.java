package io.polylog.mqtt.session;

import io.netty.channel.EventLoop;
import io.polylog.broker.PartitionOffsets;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import io.polylog.dispatch.Cursor;
import io.polylog.metric.Meters;
import io.polylog.mqtt.session.SubscriptionTrie.Recipient;
import io.polylog.record.StoredRecord;
import io.polylog.record.TopicPartition;
import io.polylog.spi.AdapterContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All sessions of one event loop: their subscriptions, and a hub for each partition that any of them can match. A record
 * is decoded once for the gateway, and mapped, matched and encoded once per shard, whatever the number of sessions.
 *
 * <p>Owned by its event loop, on which every method is called. Lives as long as the adapter.
 */
final class Shard {

    private final AdapterContext context;
    private final EventLoop loop;
    private final RecordMapper mapper;
    private final Meters.Counter expired;
    private final SubscriptionTrie trie = new SubscriptionTrie();
    private final Interest interest = new Interest();
    /** Topics this shard has heard of, whether or not it reads them: what comes later is read from its beginning. */
    private final Map<String, Topic> known = new HashMap<>();

    private final Map<TopicPartition, Hub> hubs = new HashMap<>();
    private final Set<Session> written = new LinkedHashSet<>();

    Shard(AdapterContext context, EventLoop loop, RecordMapper mapper) {
        this.context = context;
        this.loop = loop;
        this.mapper = mapper;
        this.expired = context.meters().counter("polylog_mqtt_expired_total");
        for (Topic topic : context.topics().all()) {
            known.put(topic.name(), topic);
        }
    }

    /** Runs a task on this shard's event loop, after what runs now. */
    void execute(Runnable task) {
        loop.execute(task);
    }

    Cursor open(TopicPartition partition, long offset, Runnable onReady) {
        return context.dispatcher().open(partition, offset, loop, onReady);
    }

    /** Adds a subscription, or gives an existing one of the same filter new options. */
    void subscribe(Session session, String filter, Subscription.Options options) {
        Subscription subscription = new Subscription(session, filter, options);
        Subscription replaced = session.subscription(filter);
        if (replaced != null) {
            trie.remove(replaced);
            subscription.continueFrom(replaced);
        } else {
            learn(filter);
            interest.add(filter);
            read(filter);
            startAtEnd(subscription);
        }
        if (options.start() == Subscription.Start.EARLIEST) {
            startAgain(subscription);
        }
        trie.add(subscription);
        session.subscribed(subscription);
    }

    /** Whether there was such a subscription. */
    boolean unsubscribe(Session session, String filter) {
        Subscription subscription = session.subscription(filter);
        if (subscription == null) {
            return false;
        }
        remove(subscription);
        session.unsubscribed(subscription);
        stopReading();
        return true;
    }

    /** The session's connection is gone. */
    void close(Session session) {
        session.close();
        session.subscriptions().forEach(this::remove);
        written.remove(session);
        stopReading();
    }

    private void remove(Subscription subscription) {
        trie.remove(subscription);
        interest.remove(subscription.filter());
    }

    /** A topic has appeared or grown. Partitions that were not there before are read from their beginning. */
    void changed(Topic topic) {
        Topic before = known.put(topic.name(), topic);
        boolean isNew = before == null || !before.id().equals(topic.id());
        if (!interest.wants(topic.name())) {
            return;
        }
        for (TopicPartition partition : Topics.partitions(topic)) {
            if (isNew || partition.partition() >= before.partitionCount()) {
                hub(partition, 0);
            }
        }
    }

    void deleted(Topic topic) {
        known.remove(topic.name(), topic);
        for (TopicPartition partition : Topics.partitions(topic)) {
            Hub hub = hubs.get(partition);
            if (hub != null) {
                ended(hub);
            }
        }
    }

    /** A hub will not get another record. */
    void ended(Hub hub) {
        hub.close();
        hubs.remove(hub.partition());
    }

    /** Gives a record to every session that matches it and is in step. */
    void handOut(TopicPartition partition, StoredRecord stored) {
        Optional<Delivery> mapped = deliveryOf(partition, stored);
        if (mapped.isEmpty()) {
            return;
        }
        try (Delivery delivery = mapped.get()) {
            for (Recipient recipient : trie.match(delivery.topic()).recipients()) {
                Session session = recipient.session();
                if (!session.isInStep(partition, stored.offset())) {
                    continue;
                }
                if (session.offer(delivery, recipient.subscriptions())) {
                    written.add(session);
                } else {
                    session.fallBehind(partition, stored.offset());
                }
            }
        }
    }

    /** Gives a record to one session, if it matches; false if the session had no room. */
    boolean handOutTo(Session session, TopicPartition partition, StoredRecord stored) {
        Optional<Delivery> mapped = deliveryOf(partition, stored);
        if (mapped.isEmpty()) {
            return true;
        }
        try (Delivery delivery = mapped.get()) {
            Recipient recipient = trie.match(delivery.topic()).of(session);
            return recipient == null || session.offer(delivery, recipient.subscriptions());
        }
    }

    /** Flushes what {@link #handOut} has written: once per burst. */
    void flush() {
        List<Session> sessions = new ArrayList<>(written);
        written.clear();
        sessions.forEach(Session::flush);
    }

    /** Whether a session at {@code position} has nothing to read that the hub will not bring. */
    boolean isLevelWithHub(TopicPartition partition, long position) {
        Hub hub = hubs.get(partition);
        return hub == null || position >= hub.position();
    }

    private Optional<Delivery> deliveryOf(TopicPartition partition, StoredRecord stored) {
        Optional<Delivery> delivery = mapper.toMessage(
                        partition.topic(), stored.record(), context.epochClock().timeMs())
                .map(message -> new Delivery(partition, stored, message));
        if (delivery.isEmpty()) {
            expired.add(1);
        }
        return delivery;
    }

    /** Hears of topics whose news are still on their way, so that sessions already here read them from the beginning. */
    private void learn(String filter) {
        if (Interest.isWild(filter)) {
            context.topics().all().forEach(this::learnOf);
        } else {
            context.topics().find(Interest.logTopic(filter)).ifPresent(this::learnOf);
        }
        context.topics().find(TopicMapping.DEFAULT_LOG_TOPIC).ifPresent(this::learnOf);
    }

    private void learnOf(Topic topic) {
        Topic before = known.get(topic.name());
        if (before == null || !before.equals(topic)) {
            changed(topic);
        }
    }

    /** Opens the hubs that a filter needs and nobody had needed before, at the end of their partitions. */
    private void read(String filter) {
        if (Interest.isWild(filter)) {
            known.values().forEach(this::readTopic);
        } else {
            readTopic(known.get(Interest.logTopic(filter)));
            readTopic(known.get(TopicMapping.DEFAULT_LOG_TOPIC));
        }
    }

    private void readTopic(@Nullable Topic topic) {
        if (topic == null || !interest.wants(topic.name())) {
            return;
        }
        for (TopicPartition partition : Topics.partitions(topic)) {
            if (!hubs.containsKey(partition)) {
                endOf(partition).ifPresent(end -> hub(partition, end));
            }
        }
    }

    /** Where hub or session lag, marks from which offset the new subscription counts. */
    private void startAtEnd(Subscription subscription) {
        for (Hub hub : hubs.values()) {
            TopicPartition partition = hub.partition();
            if (Interest.canMatch(subscription.filter(), partition.topic())) {
                long position = subscription.session().positionIn(partition, hub.position());
                endOf(partition).filter(end -> end > position).ifPresent(end -> subscription.startAt(partition, end));
            }
        }
    }

    /** Has the session read from the log's start for this subscription, whatever it has read for others. */
    private void startAgain(Subscription subscription) {
        subscription.startAnywhere();
        for (Hub hub : hubs.values()) {
            TopicPartition partition = hub.partition();
            if (Interest.canMatch(subscription.filter(), partition.topic())) {
                offsetsOf(partition)
                        .ifPresent(offsets ->
                                subscription.session().rewind(partition, offsets.logStart(), hub.position()));
            }
        }
    }

    private void hub(TopicPartition partition, long offset) {
        if (!hubs.containsKey(partition)) {
            Hub hub = new Hub(this, partition, offset, context.dispatcher(), loop);
            hubs.put(partition, hub);
            loop.execute(hub);
        }
    }

    private Optional<Long> endOf(TopicPartition partition) {
        return offsetsOf(partition).map(PartitionOffsets::highWatermark);
    }

    private Optional<PartitionOffsets> offsetsOf(TopicPartition partition) {
        try {
            return Optional.of(context.fetcher().offsets(partition));
        } catch (RefusedException gone) {
            return Optional.empty(); // deleted just now
        }
    }

    private void stopReading() {
        hubs.values().removeIf(hub -> {
            boolean unwanted = !interest.wants(hub.partition().topic());
            if (unwanted) {
                hub.close();
            }
            return unwanted;
        });
    }
}
