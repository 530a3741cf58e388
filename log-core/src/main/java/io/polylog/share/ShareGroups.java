package io.polylog.share;

import io.polylog.broker.Topic;
import io.polylog.broker.TopicSettings;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Share groups: many consumers of one topic, each record acquired by one of them at a time, then settled. Members may
 * speak different protocols. May be called from any thread.
 */
public interface ShareGroups {

    /** Where a ledger that does not exist yet begins. */
    enum StartAt {
        EARLIEST,
        LATEST;

        /** What the topic's setting {@code polylog.share.start} says, for those who do not say themselves. */
        public static StartAt of(Topic topic) {
            return TopicSettings.value(topic, TopicSettings.SHARE_START).equals("earliest") ? EARLIEST : LATEST;
        }
    }

    /**
     * Joins a group; the ledgers are made when it is the group's first member on this topic. Nothing is delivered until
     * credit is given. Fails with {@code GROUP_OF_OTHER_KIND} if a consumer group has that name.
     *
     * @param groupId group name, such as {@code queue:orders}
     * @param owner executor on which {@code listener} is called (for a connection: its event loop)
     */
    CompletionStage<ShareConsumer> join(
            String groupId, Topic topic, JoinOptions options, Executor owner, ShareListener listener);

    /** As {@link #join(String, Topic, JoinOptions, Executor, ShareListener)}, with the topic's lock. */
    default CompletionStage<ShareConsumer> join(
            String groupId, Topic topic, StartAt startAt, Executor owner, ShareListener listener) {
        return join(groupId, topic, JoinOptions.from(startAt), owner, listener);
    }
}
