package io.polylog.engine;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.metric.Meters;
import io.polylog.time.Scheduler;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries what stands in the outboxes of the groups that this process leads to where it belongs. For each pair of groups one
 * {@link TransferIn} is under way at a time, so transfers arrive in their order; a refused one is tried again, at longer and
 * longer intervals. It begins with what waited when the process ended before.
 *
 * <p>{@link #start} and {@link #close} may be called from any thread, once each; what is kept about a pair belongs to the
 * apply thread of its source.
 */
public final class Transfers implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Transfers.class);

    static final long FIRST_RETRY_MS = 20;
    static final long LAST_RETRY_MS = 1000;

    private final List<Source> sources;
    private final Scheduler scheduler;
    private final Meters.Counter gone;
    private volatile boolean closed;

    /** A group and what its commands have decided for others. */
    record Source(ReplicaGroup group, Outbox outbox) {}

    /**
     * @param sources every group, in the order of their ids, which count from 0
     */
    Transfers(List<Source> sources, Scheduler scheduler, Meters meters) {
        this.sources = List.copyOf(sources);
        this.scheduler = scheduler;
        this.gone = meters.counter("polylog_transfers_gone_total");
        meters.gauge("polylog_transfers_waiting", () -> {
            double waiting = 0;
            for (Source source : this.sources) {
                waiting += source.outbox.waiting();
            }
            return waiting;
        });
    }

    /** Begins to carry; the topics must be whole by then. */
    public void start() {
        for (Source source : sources) {
            source.group.executor().execute(() -> {
                Map<Integer, Pair> pairs = new HashMap<>();
                source.outbox.listen(target -> pairs.computeIfAbsent(target, id -> new Pair(source, id))
                        .wake());
                for (int target : source.outbox.targets()) {
                    pairs.computeIfAbsent(target, id -> new Pair(source, id)).wake();
                }
            });
        }
    }

    /** Begins nothing more; what is left waits for the next start. */
    @Override
    public void close() {
        closed = true;
    }

    /** What goes from one group to another. Source's apply thread. */
    private final class Pair {
        private final Source source;
        private final ReplicaGroup target;
        private boolean underWay;
        private long retryMs = FIRST_RETRY_MS;

        Pair(Source source, int target) {
            this.source = source;
            this.target = sources.get(target).group();
        }

        void wake() {
            if (underWay || closed) {
                return;
            }
            Outbox.Batch batch = source.outbox.next(target.id());
            if (batch == null) {
                return;
            }
            underWay = true;
            target.propose(new TransferIn(source.group.id(), batch.firstSequence(), batch.transfers()))
                    .whenComplete((missed, failure) -> onSource(() -> taken(batch, missed, failure)));
        }

        private void taken(Outbox.Batch batch, @Nullable Integer missed, @Nullable Throwable failure) {
            if (missed == null) {
                refused(failure);
                return;
            }
            if (missed > 0) {
                gone.add(missed);
                log.atInfo()
                        .addKeyValue("source", source.group.id())
                        .addKeyValue("target", target.id())
                        .addKeyValue("transfers", missed)
                        .log("transfers dropped: what they were for was deleted meanwhile");
            }
            source.group
                    .propose(new TransferDone(target.id(), batch.lastSequence()))
                    .whenComplete((done, refusal) -> onSource(() -> done(refusal)));
        }

        private void done(@Nullable Throwable failure) {
            if (failure != null) {
                refused(failure); // the target has it, and passes over it when it comes again
                return;
            }
            retryMs = FIRST_RETRY_MS;
            underWay = false;
            wake();
        }

        private void refused(@Nullable Throwable failure) {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            Refusal refusal = cause instanceof RefusedException refused ? refused.refusal() : null;
            if (refusal == Refusal.CLOSED || refusal == Refusal.STORAGE_FAILED) {
                return; // the process ends; underWay stays set, so nothing follows
            }
            if (refusal != Refusal.OVERLOADED && refusal != Refusal.DISK_FULL) {
                log.atError()
                        .addKeyValue("source", source.group.id())
                        .addKeyValue("target", target.id())
                        .setCause(cause)
                        .log("a transfer was refused; it is tried again");
            }
            scheduler.after(
                    retryMs,
                    () -> source.group.executor().execute(() -> {
                        underWay = false;
                        wake();
                    }));
            retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
        }

        private void onSource(Runnable task) {
            if (source.group.isOwner()) {
                task.run();
            } else {
                source.group.executor().execute(task);
            }
        }
    }
}
