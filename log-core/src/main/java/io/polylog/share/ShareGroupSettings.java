package io.polylog.share;

import io.polylog.broker.Isolation;
import io.polylog.broker.Topic;
import io.polylog.share.ShareGroups.StartAt;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a share group that is administered as such treats its records; AMQP queues and MQTT shares go by their topic's
 * settings instead.
 *
 * @param startAt where ledgers that do not exist yet begin; if empty, where the topic says
 * @param startAgoMs if present, they begin at the first record that is not older than this, in milliseconds
 * @param lockMs how long a member may hold a record, in milliseconds, from 1
 * @param deliveryLimit how often a record is handed out at most, from 1
 * @param maxLocks most records of a partition that members hold at a time, from 1
 * @param renews whether a member may ask for more time
 * @param isolation what all its members get of transactions; if empty, it depends on {@linkplain JoinOptions#isolation who they
 *     are}
 * @param deadLetterTopic where this group's dead letters go; if empty, where the topic's setting says
 * @param copiesDeadRecords whether they are whole; otherwise they only tell what happened, and where
 */
public record ShareGroupSettings(
        Optional<StartAt> startAt,
        OptionalLong startAgoMs,
        int lockMs,
        int deliveryLimit,
        int maxLocks,
        boolean renews,
        Optional<Isolation> isolation,
        Optional<String> deadLetterTopic,
        boolean copiesDeadRecords) {

    /** Kafka's defaults. */
    public static final ShareGroupSettings DEFAULT = new ShareGroupSettings(
            Optional.empty(), OptionalLong.empty(), 30_000, 5, 2000, true, Optional.empty(), Optional.empty(), true);

    public ShareGroupSettings {
        Objects.requireNonNull(startAt, "startAt");
        Objects.requireNonNull(startAgoMs, "startAgoMs");
        Objects.requireNonNull(isolation, "isolation");
        Objects.requireNonNull(deadLetterTopic, "deadLetterTopic");
        if (lockMs < 1 || deliveryLimit < 1 || maxLocks < 1) {
            throw new IllegalArgumentException(
                    "lock of " + lockMs + " ms, " + deliveryLimit + " deliveries, " + maxLocks + " locks");
        }
    }

    /** Where the ledgers of a topic begin, unless that depends on the time. */
    public StartAt startOn(Topic topic) {
        return startAt.orElseGet(() -> StartAt.of(topic));
    }
}
