package io.polylog.camel;

import io.polylog.camel.lint.Reasons;
import io.polylog.share.Acquired;
import io.polylog.share.Outcome;
import io.polylog.share.ShareConsumer;
import io.polylog.share.ShareListener;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The window of one input: how many records it has taken and not settled, and what becomes of each. Owned by {@code
 * owner}, the executor on which the share group calls it; completions come from any thread.
 *
 * <p>A failed record stays in the window while it waits for its redelivery, longer each time: when everything fails,
 * because a far side is down, the window fills up and reading stops. That the {@linkplain FarSide far side} is down is no
 * failure of the record and does not count towards its delivery limit: however long it takes, none becomes a dead letter.
 */
final class Intake implements ShareListener, AutoCloseable {

    /** Longest pause before a redelivery, in milliseconds. */
    static final int MAX_REDELIVERY_DELAY_MS = 60_000;

    private static final Logger log = LoggerFactory.getLogger(Intake.class);

    /** Does the route's work on one record. */
    @FunctionalInterface
    interface Work {
        void begin(Acquired record, Completion completion);
    }

    /** Is told, once and on any thread, how the work went. */
    @FunctionalInterface
    interface Completion {
        void completed(@Nullable Throwable failure);
    }

    private final String routeId;
    private final int maxInFlight;
    private final int redeliveryDelayMs;
    private final Executor owner;
    private final ScheduledExecutorService timer;
    private final Work work;
    private final Consumer<String> onEnded;
    private volatile @Nullable ShareConsumer member;
    private volatile boolean paused;
    private volatile boolean closed;
    private volatile boolean farSideIsDown; // only for what is logged
    private int inFlight;
    private int credit; // given to the group and not used up yet

    Intake(
            String routeId,
            int maxInFlight,
            int redeliveryDelayMs,
            Executor owner,
            ScheduledExecutorService timer,
            Work work,
            Consumer<String> onEnded) {
        this.routeId = routeId;
        this.maxInFlight = maxInFlight;
        this.redeliveryDelayMs = redeliveryDelayMs;
        this.owner = owner;
        this.timer = timer;
        this.work = work;
        this.onEnded = onEnded;
    }

    /** Begins to take records as this member; any thread, once. */
    void open(ShareConsumer joined) {
        member = joined;
        run(this::grant);
    }

    /** Takes no more records; those in flight go on. Any thread. */
    void pause() {
        paused = true;
        run(() -> {
            ShareConsumer joined = member;
            if (joined != null) {
                credit = 0;
                joined.credit(0);
            }
        });
    }

    /** Takes records again; any thread. */
    void resume() {
        paused = false;
        run(this::grant);
    }

    /** Leaves the group, which gives back what is in flight; any thread. */
    @Override
    public void close() {
        paused = true;
        closed = true;
        ShareConsumer joined = member;
        if (joined != null) {
            joined.close();
        }
    }

    @Override
    public void acquired(List<Acquired> records) {
        credit = Math.max(0, credit - records.size());
        inFlight += records.size();
        for (Acquired record : records) {
            if (paused) {
                settle(record, Outcome.RELEASE);
            } else {
                work.begin(record, failure -> completed(record, failure));
            }
        }
        grant();
    }

    @Override
    public void ended(String reason) {
        onEnded.accept(reason);
    }

    private void completed(Acquired record, @Nullable Throwable failure) {
        if (failure == null) {
            if (farSideIsDown) {
                farSideIsDown = false;
                log.atInfo().addKeyValue("route", routeId).log("far side of a route is back");
            }
            settle(record, Outcome.ACCEPT);
            return;
        }
        boolean isDown = FarSide.isDown(failure);
        Outcome outcome = isDown ? Outcome.RELEASE : Outcome.FAIL;
        long delayMs = redeliveryDelayMs(isDown ? record.acquisitions() : record.failures());
        // Of a far side that is down every record of the window would say the same, again and again.
        log.atLevel(isDown && farSideIsDown ? Level.DEBUG : Level.WARN)
                .addKeyValue("route", routeId)
                .addKeyValue("record", record.partition() + "@" + record.offset())
                .addKeyValue("failures", record.failures() + (isDown ? 0 : 1))
                .addKeyValue("retry-in-ms", delayMs)
                .addKeyValue("cause", Reasons.of(failure))
                .log(
                        isDown
                                ? "far side of a route is down: its records wait, and will be delivered again"
                                : "route failed on a record, which will be delivered again");
        if (isDown) {
            farSideIsDown = true;
        }
        try {
            timer.schedule(() -> giveBack(record, outcome), delayMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            giveBack(record, outcome);
        }
    }

    private void giveBack(Acquired record, Outcome outcome) {
        if (!closed) { // otherwise leaving the group has done it
            settle(record, outcome);
        }
    }

    /** The pause doubles with each attempt before, up to the longest. */
    private long redeliveryDelayMs(int attempts) {
        return Math.min(MAX_REDELIVERY_DELAY_MS, (long) redeliveryDelayMs << Math.min(attempts, 16));
    }

    private void settle(Acquired record, Outcome outcome) {
        ShareConsumer joined = member;
        if (joined == null) {
            throw new IllegalStateException("record of " + record.partition() + " before the group was joined");
        }
        joined.settle(List.of(record), outcome).whenComplete((done, failure) -> {
            if (failure != null) {
                log.atWarn()
                        .addKeyValue("route", routeId)
                        .addKeyValue("record", record.partition() + "@" + record.offset())
                        .addKeyValue("outcome", outcome)
                        .addKeyValue("cause", failure.toString())
                        .log("record could not be settled, and may be delivered again");
            }
            run(this::settled);
        });
    }

    private void settled() {
        inFlight--;
        grant();
    }

    /**
     * Credit is set afresh, not added to: only when the group has used up the last is it known how much to give without
     * taking more than the window holds.
     */
    private void grant() {
        ShareConsumer joined = member;
        if (joined != null && !paused && credit == 0 && inFlight < maxInFlight) {
            credit = maxInFlight - inFlight;
            joined.credit(credit);
        }
    }

    private void run(Runnable task) {
        try {
            owner.execute(task);
        } catch (RejectedExecutionException stopped) {
            log.atDebug().addKeyValue("route", routeId).log("input is stopped already");
        }
    }
}
