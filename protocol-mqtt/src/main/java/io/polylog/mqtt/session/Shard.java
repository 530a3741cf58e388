package io.polylog.mqtt.session;

import io.netty.channel.EventLoop;
import io.polylog.broker.LogRead;
import io.polylog.broker.PartitionOffsets;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import io.polylog.dispatch.Cursor;
import io.polylog.metric.Meters;
import io.polylog.mqtt.codec.TopicNames;
import io.polylog.mqtt.session.OutboundWindow.Phase;
import io.polylog.mqtt.session.SubscriptionCodec.Place;
import io.polylog.mqtt.session.SubscriptionTrie.Recipient;
import io.polylog.record.RecordBatch;
import io.polylog.record.StoredRecord;
import io.polylog.record.TopicPartition;
import io.polylog.session.SessionRow;
import io.polylog.spi.AdapterContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All sessions of one event loop: their subscriptions, and a hub for each partition that any of them can match. A record
 * is decoded once for the gateway, and mapped, matched and encoded once per shard, whatever the number of sessions.
 *
 * <p>Owned by its event loop, on which every method is called. Lives as long as the adapter.
 */
final class Shard {

    /** How often sessions note how far they have read. */
    private static final int NOTE_SECONDS = 30;

    private final AdapterContext context;
    private final EventLoop loop;
    private final RecordMapper mapper;
    private final Meters.Counter expired;
    private final Meters.Counter lost;
    private final SubscriptionTrie trie = new SubscriptionTrie();
    private final Interest interest = new Interest();
    /** Topics this shard has heard of, whether or not it reads them: what comes later is read from its beginning. */
    private final Map<String, Topic> known = new HashMap<>();

    private final Map<TopicPartition, Hub> hubs = new HashMap<>();
    private final Set<Session> written = new LinkedHashSet<>();
    private final Set<Session> kept = new LinkedHashSet<>();
    private @Nullable Future<?> notes;

    Shard(AdapterContext context, EventLoop loop, RecordMapper mapper) {
        this.context = context;
        this.loop = loop;
        this.mapper = mapper;
        this.expired = context.meters().counter("polylog_mqtt_expired_total");
        this.lost = context.meters().counter("polylog_mqtt_session_offsets_lost_total");
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

    /**
     * Reads the batch in which a record lies.
     *
     * @param found called on the event loop; with nothing if the log does not hold the record
     */
    void read(TopicPartition partition, long offset, Consumer<List<StoredRecord>> found) {
        context.fetcher()
                .read(partition, offset, 1, true)
                .thenApply(Shard::firstBatch)
                .whenComplete(
                        (records, failure) -> loop.execute(() -> found.accept(failure == null ? records : List.of())));
    }

    private static List<StoredRecord> firstBatch(LogRead read) {
        try (read) {
            ByteBuffer bytes = read.slice().toBuffer();
            if (bytes.remaining() < RecordBatch.OVERHEAD) {
                return List.of();
            }
            return new RecordBatch(bytes.slice(bytes.position(), RecordBatch.sizeAt(bytes, bytes.position()))).decode();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /**
     * Takes up what a session has kept: it reads on where it stopped, in topics that were made meanwhile from their
     * beginning. Nothing is sent before {@link Session#redeliver}.
     */
    void restore(Session session, SessionJournal journal, List<SessionRow> rows) {
        Map<Place, Long> positions = new HashMap<>();
        for (SessionRow row : rows) {
            journal.restored(row);
            if (row instanceof SessionRow.Position position) {
                positions.put(new Place(position.topicId(), position.partition()), position.offset());
            } else if (row instanceof SessionRow.Subscription kept && !TopicNames.isShared(kept.filter())) {
                restore(session, kept.filter(), SubscriptionCodec.decode(kept.options()));
            } else if (row instanceof SessionRow.Delivery delivery) {
                restore(session, journal, delivery);
            }
        }
        for (TopicPartition partition : partitionsOf(session)) {
            Long kept = positions.remove(new Place(partition.topicId(), partition.partition()));
            offsetsOf(partition).ifPresent(offsets -> {
                long position = kept == null ? 0 : kept;
                if (kept != null) {
                    journal.restoredPosition(partition, kept);
                    lost.add(Math.max(0, offsets.logStart() - kept));
                }
                session.absence().lastedUntil(partition, offsets.highWatermark());
                session.fallBehind(partition, position);
            });
        }
        positions.keySet().forEach(gone -> journal.remove(SessionRow.Position.keyOf(gone.topicId(), gone.partition())));
        for (OutboundWindow.Entry entry : session.window().inOrder()) {
            session.absence().unsettled(entry.partition(), entry.offset());
        }
        keep(session);
    }

    private void restore(Session session, String filter, SubscriptionCodec.Kept kept) {
        Subscription subscription = new Subscription(session, filter, kept.options());
        learn(filter);
        interest.add(filter);
        read(filter);
        kept.starts()
                .forEach((place, offset) -> partition(place.topicId(), place.partition())
                        .ifPresent(partition -> subscription.startAt(partition, offset)));
        trie.add(subscription);
        session.subscribed(subscription);
    }

    private void restore(Session session, SessionJournal journal, SessionRow.Delivery delivery) {
        Optional<TopicPartition> partition = partition(delivery.topicId(), delivery.partition());
        if (partition.isEmpty()) {
            journal.delivery(delivery.tag()); // its topic is gone
            return;
        }
        session.window()
                .restore(
                        delivery.tag(),
                        delivery.order(),
                        partition.get(),
                        delivery.offset(),
                        delivery.flags() >> 1,
                        (delivery.flags() & 1) != 0,
                        Phase.of(delivery.phase()));
    }

    private Optional<TopicPartition> partition(UUID topicId, int partition) {
        return context.topics()
                .find(topicId)
                .filter(topic -> partition < topic.partitionCount())
                .map(topic -> topic.partition(partition));
    }

    /** The session is written down: every now and then it notes how far it has read, even where nothing was for it. */
    void keep(Session session) {
        kept.add(session);
        if (notes == null) {
            notes = loop.scheduleWithFixedDelay(this::note, NOTE_SECONDS, NOTE_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void note() {
        for (Session session : kept) {
            session.journal().ifPresent(journal -> partitionsOf(session).forEach(journal::moved));
        }
    }

    /** All partitions that a session's subscriptions can match. */
    List<TopicPartition> partitionsOf(Session session) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (TopicPartition partition : hubs.keySet()) {
            if (session.reads(partition.topic())) {
                partitions.add(partition);
            }
        }
        return partitions;
    }

    /** Where the log ends now in every partition that a filter can match. */
    Map<TopicPartition, Long> endsOf(String filter) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (TopicPartition partition : hubs.keySet()) {
            if (Interest.canMatch(filter, partition.topic())) {
                endOf(partition).ifPresent(end -> ends.put(partition, end));
            }
        }
        return ends;
    }

    /** Where a session reads on; negative if it reads nothing there. */
    long positionOf(Session session, TopicPartition partition) {
        Hub hub = hubs.get(partition);
        return hub == null || !session.reads(partition.topic()) ? -1 : session.readUpTo(partition, hub.position());
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
        kept.remove(session);
        if (kept.isEmpty() && notes != null) {
            notes.cancel(false);
            notes = null;
        }
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

    /** All subscriptions of a session that match a topic. */
    List<Subscription> matching(Session session, String topic) {
        Recipient recipient = trie.match(topic).of(session);
        return recipient == null ? List.of() : recipient.subscriptions();
    }

    /** The record as it is delivered; empty if it has expired. */
    Optional<Delivery> deliveryOf(TopicPartition partition, StoredRecord stored) {
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
