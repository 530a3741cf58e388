package io.polylog.mqtt.session;

import io.polylog.broker.Topic;
import io.polylog.mqtt.codec.OutboundPublish.Form;
import io.polylog.mqtt.codec.TopicNames;
import io.polylog.mqtt.session.OutboundWindow.Ending;
import io.polylog.mqtt.session.OutboundWindow.Settler;
import io.polylog.mqtt.session.Subscription.Options;
import io.polylog.record.StoredRecord;
import io.polylog.share.Acquired;
import io.polylog.share.Outcome;
import io.polylog.share.ShareConsumer;
import io.polylog.share.ShareGroups;
import io.polylog.share.ShareGroups.StartAt;
import io.polylog.share.ShareListener;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A place in the share group of one log topic. Records that the client has room for are acquired and sent; PUBACK or PUBREC
 * accepts them, one with an error rejects them, and the end of the connection releases them. Records that the filter does not
 * match are accepted unseen. Owned by the connection's event loop.
 */
final class SharedSeat implements ShareListener {

    /** Records acquired ahead of what the client has settled. */
    private static final int MAX_HELD = 100;

    private final Session session;
    private final Shard shard;
    private final SharedSubscription subscription;
    private final Runnable onEnded;
    private final Deque<Acquired> waiting = new ArrayDeque<>();
    private final Set<Acquired> sent = new LinkedHashSet<>();
    private final Set<Acquired> sentOnce = new LinkedHashSet<>(0);
    private String groupId = "";
    private @Nullable ShareConsumer consumer;
    private int credit;
    private boolean retired;

    SharedSeat(Session session, Shard shard, SharedSubscription subscription, Runnable onEnded) {
        this.session = session;
        this.shard = shard;
        this.subscription = subscription;
        this.onEnded = onEnded;
    }

    CompletionStage<Void> join(ShareGroups groups, String group, Topic topic, StartAt startAt) {
        groupId = group;
        return groups.join(group, topic, startAt, shard::execute, this)
                .thenAccept(joined -> shard.execute(() -> {
                    consumer = joined;
                    if (retired) {
                        joined.close();
                    } else {
                        ask();
                    }
                }));
    }

    @Override
    public void acquired(List<Acquired> records) {
        credit -= records.size();
        if (retired) {
            settle(records, Outcome.RELEASE);
            return;
        }
        waiting.addAll(records);
        pump();
    }

    @Override
    public void ended(String reason) {
        retired = true;
        waiting.clear();
        sent.clear();
        sentOnce.clear();
        onEnded.run();
    }

    /** Sends what is held, as far as there is room, then asks for more. */
    void pump() {
        if (retired) {
            return;
        }
        List<Acquired> done = new ArrayList<>();
        Acquired next;
        while ((next = waiting.peek()) != null && take(next, done)) {
            waiting.remove();
        }
        session.flush();
        if (!done.isEmpty()) {
            settle(done, Outcome.ACCEPT);
        }
        ask();
    }

    /** False if there was no room. */
    private boolean take(Acquired acquired, List<Acquired> done) {
        StoredRecord stored = new StoredRecord(acquired.offset(), acquired.record());
        Optional<Delivery> mapped = shard.deliveryOf(acquired.partition(), stored);
        if (mapped.isEmpty()) {
            settle(
                    List.of(acquired),
                    Outcome.RELEASE); // expired while it waited here: the group makes it a dead letter
            return true;
        }
        try (Delivery delivery = mapped.get()) {
            if (!TopicNames.matches(subscription.filter().filter(), delivery.topic())) {
                done.add(acquired);
                return true;
            }
            Options options = subscription.options();
            int qos = Math.min(options.qos(), delivery.qos());
            boolean dup = qos > 0 && acquired.acquisitions() > 0;
            boolean retain = options.retainAsPublished() && delivery.retain();
            int[] identifiers = Session.with(Session.NO_IDENTIFIERS, options.identifier());
            Form form = new Form(session.mqtt5(), qos, retain, dup, identifiers);
            Set<Acquired> held = qos == 2 ? sentOnce : sent;
            held.add(acquired);
            boolean room = session.send(delivery, form, options.position(), qos == 0 ? null : new Held(acquired));
            if (!room) {
                held.remove(acquired);
            } else if (qos == 0) {
                held.remove(acquired);
                done.add(acquired);
            }
            return room;
        }
    }

    /** A record on its way to the client. */
    private final class Held implements Settler {
        private final Acquired acquired;

        Held(Acquired acquired) {
            this.acquired = acquired;
        }

        @Override
        public String groupId() {
            return groupId;
        }

        @Override
        public CompletionStage<Void> settled(Ending ending) {
            return end(acquired, ending);
        }
    }

    private CompletionStage<Void> end(Acquired acquired, Ending ending) {
        if (!sent.remove(acquired) && !sentOnce.remove(acquired)) {
            return CompletableFuture.completedFuture(null);
        }
        Outcome outcome = switch (ending) {
            case ACCEPTED -> Outcome.ACCEPT;
            case REFUSED -> Outcome.REJECT;
            case FORGOTTEN -> Outcome.RELEASE;
        };
        CompletionStage<Void> settled = settle(List.of(acquired), outcome);
        if (retired) {
            leaveIfEmpty();
        } else {
            ask();
        }
        return settled;
    }

    private CompletionStage<Void> settle(Collection<Acquired> records, Outcome outcome) {
        ShareConsumer joined = consumer;
        return joined == null ? CompletableFuture.completedFuture(null) : joined.settle(records, outcome);
    }

    private void ask() {
        int wanted = MAX_HELD - sent.size() - sentOnce.size();
        ShareConsumer joined = consumer;
        if (joined != null && !retired && waiting.isEmpty() && wanted > credit && credit <= MAX_HELD / 2) {
            credit = wanted;
            joined.credit(wanted);
        }
    }

    /** Takes no more; what was sent may be settled still. */
    void retire() {
        retired = true;
        if (!waiting.isEmpty()) {
            settle(List.copyOf(waiting), Outcome.RELEASE);
            waiting.clear();
        }
        if (consumer != null) {
            consumer.credit(0);
        }
        leaveIfEmpty();
    }

    private void leaveIfEmpty() {
        if (sent.isEmpty() && sentOnce.isEmpty()) {
            leave();
        }
    }

    private void leave() {
        if (consumer != null) {
            consumer.close();
        }
        onEnded.run();
    }

    /** Gives back what is held, but for QoS 2 deliveries: the session keeps those, or they have ended with it. */
    void close() {
        retired = true;
        if (sentOnce.isEmpty()) {
            waiting.clear();
            sent.clear();
            leave(); // releases all
            return;
        }
        settle(List.copyOf(sent), Outcome.RELEASE);
        sent.clear();
        retire();
    }
}
