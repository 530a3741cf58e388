package io.polylog.kafka.share;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.polylog.group.ShareCoordinator;
import io.polylog.kafka.call.Access;
import io.polylog.kafka.call.Call;
import io.polylog.kafka.call.TopicLookup;
import io.polylog.share.ShareGroups;
import io.polylog.time.NanoClock;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ShareRequestMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The share sessions of a listener (KIP-932): at most one for each member of a group. A session belongs to the connection
 * that opened it, and ends with it; to any other connection it does not exist. Thread-safe; the sessions are not.
 */
public final class ShareSessions {

    /** As Kafka's {@code group.share.max.share.sessions}. */
    static final int MAX_SESSIONS = 2000;

    private static final AttributeKey<Set<ShareSession>> OF_CONNECTION =
            AttributeKey.valueOf(ShareSessions.class, "sessions");

    private final ShareGroups groups;
    private final ShareCoordinator coordinator;
    private final TopicLookup topics;
    private final Access access;
    private final NanoClock clock;
    private final Map<Key, ShareSession> sessions = new ConcurrentHashMap<>();

    /** Whose session it is. */
    public record Key(String groupId, String memberId) {

        /** Throws what the client is to be answered if a name is missing. */
        static Key of(@Nullable String groupId, @Nullable String memberId) {
            if (groupId == null || groupId.isEmpty()) {
                throw Errors.INVALID_GROUP_ID.exception();
            }
            if (memberId == null || memberId.isEmpty()) {
                throw Errors.INVALID_REQUEST.exception("a share session needs a member id");
            }
            return new Key(groupId, memberId);
        }
    }

    /**
     * @param access asked of a session's partitions each time, since rights are taken away
     */
    public ShareSessions(
            ShareGroups groups, ShareCoordinator coordinator, TopicLookup topics, Access access, NanoClock clock) {
        this.groups = Objects.requireNonNull(groups, "groups");
        this.coordinator = Objects.requireNonNull(coordinator, "coordinator");
        this.topics = Objects.requireNonNull(topics, "topics");
        this.access = Objects.requireNonNull(access, "access");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /** Opens a session in place of the one that the member may have. On the event loop of the call. */
    ShareSession open(Call call, Key key) {
        if (!sessions.containsKey(key) && sessions.size() >= MAX_SESSIONS) {
            throw Errors.SHARE_SESSION_LIMIT_REACHED.exception();
        }
        Channel channel = call.channel();
        ShareSession made = new ShareSession(
                key, channel, groups, topics, access.reading(call), coordinator.settings(key.groupId()), clock);
        ShareSession before = sessions.put(key, made);
        if (before != null) {
            before.end();
            before.execute(() -> ofConnection(before.channel()).remove(before));
        }
        ofConnection(channel).add(made);
        if (!channel.isOpen()) {
            close(made); // It was lost before its end was listened for.
        }
        return made;
    }

    /**
     * The session that a request of this epoch goes on with; the next request must have the next epoch. For the final
     * epoch the caller is to {@link #close} it.
     */
    ShareSession resume(Call call, Key key, int epoch) {
        ShareSession session = sessions.get(key);
        if (session == null || session.channel() != call.channel()) {
            throw Errors.SHARE_SESSION_NOT_FOUND.exception();
        }
        if (epoch != ShareRequestMetadata.FINAL_EPOCH && !session.advance(epoch)) {
            throw Errors.INVALID_SHARE_SESSION_EPOCH.exception();
        }
        return session;
    }

    /** Its member gives back what it holds. On the event loop of its connection. */
    void close(ShareSession session) {
        sessions.remove(session.key(), session);
        ofConnection(session.channel()).remove(session);
        session.end();
    }

    private Set<ShareSession> ofConnection(Channel channel) {
        Set<ShareSession> present = channel.attr(OF_CONNECTION).get();
        if (present != null) {
            return present;
        }
        Set<ShareSession> made = new HashSet<>();
        channel.attr(OF_CONNECTION).set(made);
        channel.closeFuture().addListener(closed -> List.copyOf(made).forEach(this::close));
        return made;
    }
}
