package io.polylog.node;

import io.polylog.broker.Topic;
import io.polylog.broker.TopicLife;
import io.polylog.broker.Topics;
import io.polylog.engine.ExpireRecords;
import io.polylog.engine.LocalEngine;
import io.polylog.engine.Partition;
import io.polylog.metric.Meters;
import io.polylog.time.Alarms;
import io.polylog.time.EpochClock;
import io.polylog.time.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
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
    private final Executor workers;
    private final EpochClock clock;
    private final Alarms alarms;
    private final long intervalMs;
    private final Meters.Counter expired;
    private Scheduler.@Nullable Timeout wakeUp; // guarded by this, as is closed
    private boolean closed;

    /**
     * @param intervalMs milliseconds between two looks, from 1
     */
    RetentionTimer(
            LocalEngine engine,
            Topics topics,
            Executor workers,
            EpochClock clock,
            Alarms alarms,
            long intervalMs,
            Meters meters) {
        this.engine = engine;
        this.topics = topics;
        this.workers = workers;
        this.clock = clock;
        this.alarms = alarms;
        this.intervalMs = intervalMs;
        this.expired = meters.counter("polylog_retention_expired_offsets_total");
    }

    /** Once. */
    void start() {
        schedule();
    }

    private synchronized void schedule() {
        if (!closed) {
            wakeUp = alarms.at(clock.timeMs() + intervalMs, this::wake);
        }
    }

    private CompletionStage<?> wake() {
        CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
        try {
            workers.execute(() -> look().whenComplete((done, failure) -> ended(end)));
        } catch (RejectedExecutionException busy) {
            ended(end);
        }
        return end;
    }

    private void ended(CompletableFuture<@Nullable Void> end) {
        schedule();
        end.complete(null);
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
    public synchronized void close() {
        closed = true;
        if (wakeUp != null) {
            wakeUp.cancel();
            wakeUp = null;
        }
    }
}
