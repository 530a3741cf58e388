package io.polylog.mqtt.session;

import io.polylog.broker.Registration;
import io.polylog.broker.Topic;
import io.polylog.broker.Topics;
import io.polylog.mqtt.message.TopicMapping;
import io.polylog.mqtt.session.Subscription.Options;
import io.polylog.share.ShareGroups.StartAt;
import io.polylog.spi.AdapterContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One client's part in a shared subscription: a {@link SharedSeat} in the share group of every log topic that the filter can
 * match, also of those that are made later. Owned by the connection's event loop.
 */
final class SharedSubscription implements Runnable {

    private final Session session;
    private final Shard shard;
    private final AdapterContext context;
    private final SharedFilter shared;
    private final Map<String, SharedSeat> seats = new HashMap<>(2);
    private final Registration topicNews;
    private Options options;
    private boolean closed;

    SharedSubscription(Session session, Shard shard, AdapterContext context, SharedFilter shared, Options options) {
        this.session = session;
        this.shard = shard;
        this.context = context;
        this.shared = shared;
        this.options = options;
        this.topicNews = context.topics().listen(new Topics.Listener() {
            @Override
            public void changed(Topic topic) {
                shard.execute(() -> join(topic, StartAt.EARLIEST));
            }

            @Override
            public void deleted(Topic topic) {} // its seat is told by the group
        });
    }

    Options options() {
        return options;
    }

    void options(Options changed) {
        options = changed;
    }

    SharedFilter filter() {
        return shared;
    }

    /** Takes its seats; completes on any thread once messages can come, and fails if it cannot. */
    CompletionStage<Void> open() {
        List<CompletableFuture<Void>> joining = new ArrayList<>();
        for (Topic topic : context.topics().all()) {
            joining.add(join(topic, startOf(topic)).toCompletableFuture());
        }
        return CompletableFuture.allOf(joining.toArray(CompletableFuture[]::new));
    }

    /** Where a ledger begins that is not there yet: as the client or the topic's setting wants it. */
    private StartAt startOf(Topic topic) {
        return options.start() == Subscription.Start.EARLIEST ? StartAt.EARLIEST : StartAt.of(topic);
    }

    private CompletionStage<Void> join(Topic topic, StartAt startAt) {
        boolean wanted = !closed
                && !seats.containsKey(topic.name())
                && !topic.internal()
                && TopicMapping.isMounted(topic)
                && Interest.canMatch(shared.filter(), topic.name());
        if (!wanted) {
            return CompletableFuture.completedFuture(null);
        }
        SharedSeat seat = new SharedSeat(session, shard, this, () -> seats.remove(topic.name()));
        seats.put(topic.name(), seat);
        return seat.join(context.shareGroups(), shared.groupOn(topic.name()), topic, startAt);
    }

    /** There may be room again. */
    @Override
    public void run() {
        for (SharedSeat seat : List.copyOf(seats.values())) {
            seat.pump();
        }
    }

    /** The client has unsubscribed: what is under way to it is settled still, the rest goes to others. */
    void retire() {
        end();
        List.copyOf(seats.values()).forEach(SharedSeat::retire);
    }

    /** The connection is gone, and what it held goes to others, but for QoS 2 deliveries, which are the session's now. */
    void close() {
        end();
        List.copyOf(seats.values()).forEach(SharedSeat::close);
    }

    private void end() {
        closed = true;
        topicNews.close();
    }
}
