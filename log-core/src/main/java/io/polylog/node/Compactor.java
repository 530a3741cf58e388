package io.polylog.node;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.broker.TopicLife;
import io.polylog.broker.TopicSettings;
import io.polylog.broker.Topics;
import io.polylog.broker.Writes;
import io.polylog.engine.LocalEngine;
import io.polylog.engine.Partition;
import io.polylog.log.Compacted;
import io.polylog.log.Compaction;
import io.polylog.log.CompactionRules;
import io.polylog.metric.Meters;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compacts the partitions of topics that want it ({@code cleanup.policy=compact}), one after the other, on a thread of its
 * own that is there only while there is something to do. Nothing is compacted while the disk is full; a segment that is
 * damaged keeps its partition from being compacted until the next start.
 */
final class Compactor implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Compactor.class);

    private final LocalEngine engine;
    private final Topics topics;
    private final Environment environment;
    private final CompactionLimits limits;
    private final Meters.Counter saved;
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> new Thread(task, "polylog-compaction"));
    private final Rounds rounds;
    private final Set<Partition> damaged = new HashSet<>(); // the thread's own
    private final CountDownLatch closing = new CountDownLatch(1);

    Compactor(LocalEngine engine, Topics topics, Environment environment, CompactionLimits limits) {
        this.engine = engine;
        this.topics = topics;
        this.environment = environment;
        this.limits = limits;
        this.saved = environment.meters().counter("polylog_compaction_saved_bytes_total");
        thread.allowCoreThreadTimeOut(true);
        this.rounds = new Rounds(environment.scheduler(), limits::intervalMs, thread, this::round);
    }

    /** Once. */
    void start() {
        rounds.start();
    }

    /** A round now. */
    CompletionStage<?> compactNow() {
        return rounds.now();
    }

    private CompletionStage<?> round() {
        for (Partition partition : engine.partitions().all()) {
            Optional<Topic> topic = topics.find(partition.id().topicId()).filter(TopicLife::compacts);
            if (topic.isPresent() && !damaged.contains(partition)) {
                compact(partition, topic.get());
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    private void compact(Partition partition, Topic topic) {
        try {
            // More than one pass if there are more keys than the map takes.
            while (!isClosing() && engine.writes() == Writes.ACCEPTED && pass(partition, rules(topic))) {}
        } catch (IOException failed) {
            log.atWarn()
                    .addKeyValue("partition", partition.id())
                    .addKeyValue("reason", String.valueOf(failed.getMessage()))
                    .log("compaction failed: the log stays as it was, and it is tried again");
        } catch (RefusedException refused) {
            if (refused.refusal() == Refusal.STORAGE_FAILED) {
                damaged.add(partition);
                log.atError()
                        .addKeyValue("partition", partition.id())
                        .addKeyValue("reason", String.valueOf(refused.getMessage()))
                        .log("damaged partition is not compacted any more");
            } // else it was deleted, or trimmed, just now
        } catch (InterruptedException stopping) {
            log.atDebug().log("compaction given up: the gateway stops");
        } catch (RuntimeException failure) { // one partition's fault must not keep the others from being compacted
            log.atError()
                    .addKeyValue("partition", partition.id())
                    .setCause(failure)
                    .log("compaction failed");
        }
    }

    /** Answers whether there was something to compact, and it is. */
    private boolean pass(Partition partition, CompactionRules rules) throws IOException, InterruptedException {
        Optional<Compaction> due =
                partition.log().compaction(rules, environment.clock().timeMs());
        if (due.isEmpty()) {
            return false;
        }
        long startedAt = environment.nanoClock().nanoTime();
        Map<Long, Long> lastOffsets = onApplyThread(partition, partition::lastOffsets);
        Compacted compacted = due.get().run(limits.mapBytes(), lastOffsets, new Throttle());
        if (partition.deleted()
                || !onApplyThread(partition, () -> partition.log().swap(compacted))) {
            partition.log().discard(compacted);
            return false;
        }
        partition.log().keep(compacted);
        saved.add(Math.max(0, compacted.bytesSaved()));
        log.atInfo()
                .addKeyValue("partition", partition.id())
                .addKeyValue("to", compacted.cleanedTo())
                .addKeyValue("saved_bytes", compacted.bytesSaved())
                .addKeyValue(
                        "ms",
                        TimeUnit.NANOSECONDS.toMillis(environment.nanoClock().nanoTime() - startedAt))
                .log("log compacted");
        return true;
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private CompactionRules rules(Topic topic) {
        return new CompactionRules(
                Double.parseDouble(TopicSettings.value(topic, "min.cleanable.dirty.ratio")),
                Long.parseLong(TopicSettings.value(topic, "min.compaction.lag.ms")),
                Long.parseLong(TopicSettings.value(topic, "max.compaction.lag.ms")),
                Long.parseLong(TopicSettings.value(topic, "delete.retention.ms")),
                Integer.parseInt(
                        topic.settings().getOrDefault("segment.bytes", String.valueOf(limits.segmentBytes()))));
    }

    /** Never interrupted: that would close the files that it is about. */
    private <T> T onApplyThread(Partition partition, Supplier<T> question) {
        try {
            return CompletableFuture.supplyAsync(
                            question,
                            engine.home(partition.id().topicId(), partition.id().partition())
                                    .executor())
                    .join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
        }
    }

    /** Lets so many bytes a second be read. */
    private final class Throttle implements Compaction.Pace {
        private final long startedAt = environment.nanoClock().nanoTime();
        private long bytes;

        @Override
        public void after(int more) throws InterruptedException {
            bytes += more;
            long dueNanos = (long) ((double) bytes / limits.bytesPerSecond() * TimeUnit.SECONDS.toNanos(1));
            long aheadNanos = dueNanos - (environment.nanoClock().nanoTime() - startedAt);
            boolean stops = aheadNanos > TimeUnit.MILLISECONDS.toNanos(1)
                    ? closing.await(aheadNanos, TimeUnit.NANOSECONDS)
                    : isClosing();
            if (stops) {
                throw new InterruptedException("the gateway stops");
            }
        }
    }

    /** Waits for a pass under way, which ends soon. */
    @Override
    public void close() {
        rounds.close();
        closing.countDown();
        thread.shutdown();
        try {
            thread.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
