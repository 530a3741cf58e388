package io.polylog.mqtt.session;

import io.netty.channel.EventLoop;
import io.polylog.broker.LogRead;
import io.polylog.broker.Topic;
import io.polylog.dispatch.Cursor;
import io.polylog.metric.Meters;
import io.polylog.mqtt.message.RecordMapper;
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
    private final Hubs hubs;
    private final Set<Session> written = new LinkedHashSet<>();
    private final Set<Session> kept = new LinkedHashSet<>();
    private @Nullable Future<?> notes;

    Shard(AdapterContext context, EventLoop loop, RecordMapper mapper) {
        this.context = context;
        this.loop = loop;
        this.mapper = mapper;
        this.expired = context.meters().counter("polylog_mqtt_expired_total");
        this.lost = context.meters().counter("polylog_mqtt_session_offsets_lost_total");
        this.hubs = new Hubs(this, context, loop);
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
        new Restoration(this, hubs, context.topics(), lost, session, journal).of(rows);
        keep(session);
    }

    /** Adds a subscription that its session does not have, and begins to read what it needs. */
    void add(Subscription subscription) {
        hubs.want(subscription.filter());
        trie.add(subscription);
        subscription.session().subscribed(subscription);
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
        for (Hub hub : hubs.all()) {
            if (session.reads(hub.partition().topic())) {
                partitions.add(hub.partition());
            }
        }
        return partitions;
    }

    /** Where the log ends now in every partition that a filter can match. */
    Map<TopicPartition, Long> endsOf(String filter) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (Hub hub : hubs.all()) {
            TopicPartition partition = hub.partition();
            if (Interest.canMatch(filter, partition.topic())) {
                hubs.endOf(partition).ifPresent(end -> ends.put(partition, end));
            }
        }
        return ends;
    }

    /** Where a session reads on; negative if it reads nothing there. */
    long positionOf(Session session, TopicPartition partition) {
        Hub hub = hubs.find(partition);
        return hub == null || !session.reads(partition.topic())
                ? -1
                : session.standing().readUpTo(partition, hub.position());
    }

    /** Adds a subscription, or gives an existing one of the same filter new options. */
    void subscribe(Session session, String filter, Subscription.Options options) {
        Subscription subscription = new Subscription(session, filter, options);
        Subscription replaced = session.subscription(filter);
        if (replaced != null) {
            trie.remove(replaced);
            subscription.continueFrom(replaced);
        } else {
            hubs.want(filter);
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
        hubs.closeUnwanted();
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
        hubs.closeUnwanted();
    }

    private void remove(Subscription subscription) {
        trie.remove(subscription);
        hubs.unwant(subscription.filter());
    }

    /** A topic has appeared or grown. */
    void changed(Topic topic) {
        hubs.changed(topic);
    }

    void deleted(Topic topic) {
        hubs.deleted(topic);
    }

    /** A hub will not get another record. */
    void ended(Hub hub) {
        hubs.ended(hub);
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
                if (!session.standing().isInStep(partition, stored.offset())) {
                    continue;
                }
                if (session.offer(delivery, recipient.subscriptions())) {
                    written.add(session);
                } else {
                    session.standing().fallBehind(partition, stored.offset());
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
        Hub hub = hubs.find(partition);
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

    /** Where hub or session lag, marks from which offset the new subscription counts. */
    private void startAtEnd(Subscription subscription) {
        for (Hub hub : hubs.all()) {
            TopicPartition partition = hub.partition();
            if (Interest.canMatch(subscription.filter(), partition.topic())) {
                long position = subscription.session().standing().positionIn(partition, hub.position());
                hubs.endOf(partition)
                        .filter(end -> end > position)
                        .ifPresent(end -> subscription.startAt(partition, end));
            }
        }
    }

    /** Has the session read from the log's start for this subscription, whatever it has read for others. */
    private void startAgain(Subscription subscription) {
        subscription.startAnywhere();
        for (Hub hub : hubs.all()) {
            TopicPartition partition = hub.partition();
            if (Interest.canMatch(subscription.filter(), partition.topic())) {
                hubs.offsetsOf(partition)
                        .ifPresent(offsets ->
                                subscription.session().rewind(partition, offsets.logStart(), hub.position()));
            }
        }
    }
}
