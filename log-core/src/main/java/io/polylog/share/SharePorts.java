package io.polylog.share;

import io.polylog.broker.Fetcher;
import io.polylog.broker.Topics;
import io.polylog.dispatch.Dispatcher;
import io.polylog.engine.ReplicaGroup;
import io.polylog.metric.Meters;
import io.polylog.metric.TopicMeters;
import io.polylog.record.TopicPartition;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import io.polylog.time.Scheduler;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * What share groups use of the rest of the gateway.
 *
 * @param topicMeters for what is counted by topic
 * @param homes the replica group of a partition
 * @param groupSettings of a group by its id
 * @param claims of a group's name before a member joins; fails if it is another group's
 */
public record SharePorts(
        Function<TopicPartition, ReplicaGroup> homes,
        Dispatcher dispatcher,
        Fetcher fetcher,
        Topics topics,
        EpochClock clock,
        NanoClock nanoClock,
        Scheduler scheduler,
        Meters meters,
        TopicMeters topicMeters,
        Function<String, ShareGroupSettings> groupSettings,
        Function<String, CompletionStage<?>> claims) {

    public SharePorts {
        Objects.requireNonNull(homes, "homes");
        Objects.requireNonNull(dispatcher, "dispatcher");
        Objects.requireNonNull(fetcher, "fetcher");
        Objects.requireNonNull(topics, "topics");
        Objects.requireNonNull(clock, "clock");
        Objects.requireNonNull(nanoClock, "nanoClock");
        Objects.requireNonNull(scheduler, "scheduler");
        Objects.requireNonNull(meters, "meters");
        Objects.requireNonNull(topicMeters, "topicMeters");
        Objects.requireNonNull(groupSettings, "groupSettings");
        Objects.requireNonNull(claims, "claims");
    }
}
