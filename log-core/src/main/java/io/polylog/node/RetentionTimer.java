package io.polylog.node;

import io.polylog.broker.Topic;
import io.polylog.broker.TopicLife;
import io.polylog.broker.Topics;
import io.polylog.engine.ExpireRecords;
import io.polylog.engine.LocalEngine;
import io.polylog.engine.Partition;
import io.polylog.metric.Meters;
import io.polylog.time.EpochClock;
import io.polylog.time.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leader's clock for what topics keep no longer ({@code retention.ms}, {@code retention.bytes}): looks from time to time,
 * and proposes to take away what is too old or too much. It only ever proposes; a proposal that is refused is made up for by
 * the next look. Looks run on the reader pool, one at a time.
 */
final class RetentionTimer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RetentionTimer.class);

    private final LocalEngine engine;
    private final Topics topics;
    private final EpochClock clock;
    private final Meters.Counter expired;
    private final Rounds rounds;

    /**
     * @param intervalMs milliseconds between two looks, from 1
     */
    RetentionTimer(
            LocalEngine engine,
            Topics topics,
            Executor workers,
            EpochClock clock,
            Scheduler scheduler,
            long intervalMs,
            Meters meters) {
        this.engine = engine;
        this.topics = topics;
        this.clock = clock;
        this.expired = meters.counter("polylog_retention_expired_offsets_total");
        this.rounds = new Rounds(scheduler, () -> intervalMs, workers, this::look);
    }

    /** Once. */
    void start() {
        rounds.start();
    }

    /** A look now. */
    CompletionStage<?> lookNow() {
        return rounds.now();
    }

    private CompletionStage<?> look() {
        List<CompletableFuture<?>> pending = new ArrayList<>();
        try {
            for (Partition partition : engine.partitions().all()) {
                Optional<Topic> topic = topics.find(partition.id().topicId());
                topic.filter(TopicLife::expires)
                        .ifPresent(expiring ->
                                pending.add(expire(partition, expiring).toCompletableFuture()));
            }
        } catch (RuntimeException failure) { // the next look may fare better
            log.atWarn().setCause(failure).log("retention is tried again");
        }
        return CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new));
    }

    private CompletionStage<?> expire(Partition partition, Topic topic) {
        OptionalLong end = partition
                .log()
                .expiredEnd(clock.timeMs(), TopicLife.retentionMs(topic), TopicLife.retentionBytes(topic));
        if (end.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        long before = partition.log().offsets().logStart();
        int number = partition.id().partition();
        return engine.home(topic.id(), number)
                .propose(new ExpireRecords(topic.id(), number, end.getAsLong()))
                .thenAccept(start -> {
                    expired.add(Math.max(0, start - before));
                    log.atInfo()
                            .addKeyValue("partition", partition.id())
                            .addKeyValue("from", before)
                            .addKeyValue("to", start)
                            .log("records expired");
                });
    }

    @Override
    public void close() {
        rounds.close();
    }
}
