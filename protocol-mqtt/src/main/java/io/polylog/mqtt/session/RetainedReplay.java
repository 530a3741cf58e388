package io.polylog.mqtt.session;

import io.polylog.mqtt.codec.OutboundPublish.Form;
import io.polylog.mqtt.codec.TopicNames;
import io.polylog.record.TopicPartition;
import io.polylog.session.Retained;
import io.polylog.session.RetainedStore;
import io.polylog.session.RetainedStore.Page;
import io.polylog.session.RetainedStore.Place;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sends the retained messages that match a new subscription, page by page as the client takes them (MQTT 5 §3.3.1.3). One
 * that was published after the subscription began is left out: it comes by itself. Ends with the subscription. Owned by the
 * session's shard.
 */
final class RetainedReplay implements Runnable {

    private static final int PAGE_VALUES = 64;
    private static final int PAGE_BYTES = 256 << 10;

    private final Session session;
    private final Shard shard;
    private final RetainedStore store;
    private final String filter;
    private final @Nullable Subscription subscription;
    private final Map<TopicPartition, Long> beginsAt = new HashMap<>();
    private final Deque<Retained> page = new ArrayDeque<>(1);
    private Optional<Place> next = Optional.of(Place.START);
    private boolean reading;

    RetainedReplay(Session session, Shard shard, RetainedStore store, String filter) {
        this.session = session;
        this.shard = shard;
        this.store = store;
        this.filter = filter;
        this.subscription = session.subscription(filter);
        shard.endsOf(filter).forEach(beginsAt::put);
    }

    void start() {
        session.addFeeder(this);
        run();
    }

    /** Goes on as far as there is room. */
    @Override
    public void run() {
        while (!reading) {
            if (session.isClosed() || subscription == null || session.subscription(filter) != subscription) {
                session.removeFeeder(this);
                return;
            }
            Retained retained = page.peek();
            if (retained != null) {
                if (!offer(retained, subscription)) {
                    break;
                }
                page.remove();
            } else if (next.isPresent()) {
                read(next.get());
            } else {
                session.removeFeeder(this);
                break;
            }
        }
        session.flush();
    }

    private void read(Place from) {
        reading = true;
        if (TopicNames.hasWildcard(filter)) {
            store.scan(TopicNames.prefix(filter), from, PAGE_VALUES, PAGE_BYTES)
                    .whenComplete((found, failure) -> shard.execute(() -> take(found)));
        } else {
            store.find(filter)
                    .thenApply(found -> new Page(found.map(List::of).orElse(List.of()), Optional.empty()))
                    .whenComplete((found, failure) -> shard.execute(() -> take(found)));
        }
    }

    /** A read that fails ends the replay: the gateway is overloaded or stopping, and the client may subscribe again. */
    private void take(@Nullable Page found) {
        reading = false;
        next = Optional.empty();
        if (found != null) {
            next = found.next();
            for (Retained retained : found.values()) {
                if (TopicNames.matches(filter, retained.name())) {
                    page.add(retained);
                }
            }
        }
        run();
    }

    /** False if there was no room. */
    private boolean offer(Retained retained, Subscription wants) {
        Long begin = beginsAt.get(retained.partition());
        if (begin != null && retained.stored().offset() >= begin) {
            return true;
        }
        Optional<Delivery> mapped = shard.deliveryOf(retained.partition(), retained.stored());
        if (mapped.isEmpty()) {
            return true; // expired
        }
        try (Delivery delivery = mapped.get()) {
            Subscription.Options options = wants.options();
            if (options.noLocal() && delivery.isFrom(session.clientId())) {
                return true;
            }
            int qos = Math.min(options.qos(), delivery.qos());
            int[] identifiers = Session.with(Session.NO_IDENTIFIERS, options.identifier());
            Form form = new Form(session.mqtt5(), qos, true, false, identifiers);
            return session.send(delivery, form, options.position(), null);
        }
    }
}
