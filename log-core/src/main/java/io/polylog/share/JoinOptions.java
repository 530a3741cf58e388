package io.polylog.share;

import io.polylog.broker.Isolation;
import io.polylog.broker.Topic;
import io.polylog.share.ShareGroups.StartAt;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How a consumer joins a share group.
 *
 * @param startAt where ledgers that do not exist yet begin
 * @param partition the only partition that this member gets records from; if empty, all that its topic has or gains
 * @param lockMs how long this member may hold a record, in milliseconds, 0 for as long as it stays; if empty, what the topic's
 *     setting {@code polylog.lock.timeout.ms} says
 * @param deliveryLimit what this member gives back, however it does, is a dead letter once it was handed out this often, and
 *     how often that was outlives a restart; if empty, only failed deliveries count, against the topic's limit
 * @param maxLocks this member gets no record of a partition of which that many are held; from 1
 * @param isolation for a group whose settings do not say: its members get what is undecided or aborted if one of them would
 */
public record JoinOptions(
        StartAt startAt,
        OptionalInt partition,
        OptionalLong lockMs,
        OptionalInt deliveryLimit,
        int maxLocks,
        Isolation isolation) {

    public JoinOptions {
        Objects.requireNonNull(startAt, "startAt");
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(isolation, "isolation");
        if (lockMs.orElse(0) < 0) {
            throw new IllegalArgumentException("a lock of " + lockMs + " ms");
        }
        if (deliveryLimit.orElse(1) < 1 || maxLocks < 1) {
            throw new IllegalArgumentException(deliveryLimit + " deliveries, " + maxLocks + " locks");
        }
    }

    public static JoinOptions from(StartAt startAt) {
        return new JoinOptions(
                startAt,
                OptionalInt.empty(),
                OptionalLong.empty(),
                OptionalInt.empty(),
                Integer.MAX_VALUE,
                Isolation.COMMITTED);
    }

    public JoinOptions withLockMs(long ms) {
        return new JoinOptions(startAt, partition, OptionalLong.of(ms), deliveryLimit, maxLocks, isolation);
    }

    /** On one partition of a topic, by the group's settings and Kafka's defaults. */
    public static JoinOptions on(Topic topic, int partition, ShareGroupSettings group) {
        return new JoinOptions(
                group.startOn(topic),
                OptionalInt.of(partition),
                OptionalLong.of(group.lockMs()),
                OptionalInt.of(group.deliveryLimit()),
                group.maxLocks(),
                Isolation.UNCOMMITTED);
    }
}
