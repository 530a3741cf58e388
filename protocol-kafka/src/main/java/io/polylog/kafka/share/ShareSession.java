package io.polylog.kafka.share;

import io.netty.channel.Channel;
import io.polylog.broker.Topic;
import io.polylog.kafka.call.TopicLookup;
import io.polylog.share.JoinOptions;
import io.polylog.share.ShareConsumer;
import io.polylog.share.ShareGroupSettings;
import io.polylog.share.ShareGroups;
import io.polylog.share.ShareListener;
import io.polylog.time.NanoClock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ShareRequestMetadata;

/** A member's share session: the partitions it reads, and its seat at the ledger of each. Event loop of its connection. */
public final class ShareSession {

    /** Most partitions of one session. */
    static final int MAX_PARTITIONS = 10_000;

    private final ShareSessions.Key key;
    private final Channel channel;
    private final ShareGroups groups;
    private final TopicLookup topics;
    private final Predicate<String> mayRead;
    private final ShareGroupSettings settings;
    private final NanoClock clock;
    private final Map<Place, ShareSeat> seats = new LinkedHashMap<>();
    private int epoch = ShareRequestMetadata.nextEpoch(ShareRequestMetadata.INITIAL_EPOCH);
    private int first;

    /** A partition as requests name it. */
    public record Place(Uuid topicId, int partition) {}

    /**
     * @param mayRead whether the member may read the topic of that name, now
     */
    ShareSession(
            ShareSessions.Key key,
            Channel channel,
            ShareGroups groups,
            TopicLookup topics,
            Predicate<String> mayRead,
            ShareGroupSettings settings,
            NanoClock clock) {
        this.key = key;
        this.channel = channel;
        this.groups = groups;
        this.topics = topics;
        this.mayRead = mayRead;
        this.settings = settings;
        this.clock = clock;
    }

    ShareSessions.Key key() {
        return key;
    }

    Channel channel() {
        return channel;
    }

    ShareGroupSettings settings() {
        return settings;
    }

    /** Answers whether it was this epoch's turn; if so it is the next one's. */
    boolean advance(int asked) {
        if (asked != epoch) {
            return false;
        }
        epoch = ShareRequestMetadata.nextEpoch(epoch);
        return true;
    }

    public void add(Place place) {
        if (!seats.containsKey(place)) {
            if (seats.size() >= MAX_PARTITIONS) {
                throw Errors.INVALID_REQUEST.exception("a share session has at most " + MAX_PARTITIONS + " partitions");
            }
            seats.put(place, new ShareSeat(this, place, clock));
        }
    }

    void forget(Place place) {
        ShareSeat seat = seats.remove(place);
        if (seat != null) {
            seat.close();
        }
    }

    List<Place> places() {
        return List.copyOf(seats.keySet());
    }

    /** As {@link ShareSeat#acknowledge}, at a place where the member may have no seat. */
    CompletionStage<Errors> acknowledge(Place place, List<ShareAcknowledgement> said, boolean mayRenew) {
        ShareSeat seat = seats.get(place);
        Errors error = check(place);
        if (seat != null && error != Errors.TOPIC_AUTHORIZATION_FAILED) {
            return seat.acknowledge(said, mayRenew);
        }
        return CompletableFuture.completedStage(error == Errors.NONE ? Errors.INVALID_RECORD_STATE : error);
    }

    /** All seats, each time beginning with another, so that every partition has its turn. */
    List<ShareSeat> seatsInTurn() {
        List<ShareSeat> all = new ArrayList<>(seats.values());
        if (!all.isEmpty()) {
            Collections.rotate(all, -(first++ % all.size()));
        }
        return all;
    }

    /** The error that there is with a place, if its partition does not exist or is not for the member. */
    Errors check(Place place) {
        Topic topic = topics.find(null, place.topicId()).orElse(null);
        if (topic == null) {
            return TopicLookup.missing(place.topicId());
        }
        if (!mayRead.test(topic.name())) {
            return Errors.TOPIC_AUTHORIZATION_FAILED;
        }
        boolean exists = place.partition() >= 0 && place.partition() < topic.partitionCount();
        return exists ? Errors.NONE : Errors.UNKNOWN_TOPIC_OR_PARTITION;
    }

    /** Joins the ledger of a place that has passed {@link #check}. */
    CompletionStage<ShareConsumer> join(Place place, ShareListener listener) {
        Topic topic = topics.find(null, place.topicId()).orElseThrow(Errors.UNKNOWN_TOPIC_ID::exception);
        JoinOptions options = JoinOptions.on(topic, place.partition(), settings);
        return groups.join(key.groupId(), topic, options, channel.eventLoop(), listener);
    }

    /** Runs a task on the owner; after the last one nobody needs it. */
    void execute(Runnable task) {
        try {
            channel.eventLoop().execute(task);
        } catch (RejectedExecutionException stopped) {
            return;
        }
    }

    /** Gives back what the member holds. Any thread. */
    void end() {
        execute(() -> {
            seats.values().forEach(ShareSeat::close);
            seats.clear();
        });
    }
}
