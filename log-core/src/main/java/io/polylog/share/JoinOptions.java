package io.polylog.share;

import io.polylog.share.ShareGroups.StartAt;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * How a consumer joins a share group.
 *
 * @param startAt where ledgers that do not exist yet begin
 * @param lockMs how long this member may hold a record, in milliseconds, 0 for as long as it stays; if empty, what the topic's
 *     setting {@code polylog.lock.timeout.ms} says
 */
public record JoinOptions(StartAt startAt, OptionalLong lockMs) {

    /** What Kafka gives the members of its share groups. */
    public static final long KAFKA_LOCK_MS = 30_000;

    public JoinOptions {
        Objects.requireNonNull(startAt, "startAt");
        if (lockMs.orElse(0) < 0) {
            throw new IllegalArgumentException("a lock of " + lockMs + " ms");
        }
    }

    public static JoinOptions from(StartAt startAt) {
        return new JoinOptions(startAt, OptionalLong.empty());
    }

    public JoinOptions withLockMs(long ms) {
        return new JoinOptions(startAt, OptionalLong.of(ms));
    }
}
