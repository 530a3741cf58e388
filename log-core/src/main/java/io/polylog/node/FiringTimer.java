package io.polylog.node;

import io.polylog.engine.FireUntil;
import io.polylog.engine.ReplicaGroup;
import io.polylog.engine.ScheduleReader;
import io.polylog.engine.ScheduleState;
import io.polylog.metric.Meters;
import io.polylog.schedule.TimingWheel;
import io.polylog.time.Alarms;
import io.polylog.time.EpochClock;
import io.polylog.time.Scheduler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leader's clock for what waits in one replica group: proposes to fire when something is due. It only ever proposes;
 * what is due is decided when the command is applied.
 *
 * <p>It knows the times that the apply thread tells, and those that are read from the store before they come; times at which
 * nothing is due are passed over. One look at a time is under way; those times are forgotten before it, so that what is told
 * meanwhile is not. Any thread; nothing here blocks.
 */
final class FiringTimer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(FiringTimer.class);

    private static final long RETRY_MS = 500;

    /** Between two readings of the store, if the first did not get far enough. */
    private static final long REFILL_MS = 100;

    /** How long before a time must be known what is due then. */
    private static final long AHEAD_MS = TimingWheel.TICKS / 2;

    private final ReplicaGroup group;
    private final ScheduleState state;
    private final ScheduleReader reader;
    private final Executor workers;
    private final EpochClock clock;
    private final Alarms alarms;
    private final Meters.Counter fired;
    private final Meters.Timer lateness;

    private final DueTimes times; // guarded by this, as is what follows
    private boolean filling;
    private CompletableFuture<@Nullable Void> fillEnd = CompletableFuture.completedFuture(null);
    private long fillNotBeforeMs;
    private boolean looking;
    private CompletableFuture<@Nullable Void> lookEnd = CompletableFuture.completedFuture(null);
    private long notBeforeMs; // after a failure
    private Scheduler.@Nullable Timeout wakeUp;
    private long wakeUpAtMs = DueTimes.NONE;
    private boolean closed;

    FiringTimer(
            ReplicaGroup group,
            ScheduleState state,
            ScheduleReader reader,
            Executor workers,
            EpochClock clock,
            Alarms alarms,
            Meters meters) {
        this.group = group;
        this.state = state;
        this.reader = reader;
        this.workers = workers;
        this.clock = clock;
        this.alarms = alarms;
        this.fired = meters.counter("polylog_schedules_fired_total");
        this.lateness = meters.timer("polylog_schedule_lateness_seconds");
        this.times = new DueTimes(clock.timeMs());
    }

    /** Once. */
    void start() {
        state.watch(this::told);
        synchronized (this) {
            schedule();
        }
    }

    /** Something is due then that was not before. */
    private synchronized void told(long dueMs) {
        boolean sooner = dueMs < wakeUpAtMs;
        if (!times.add(dueMs)) {
            sooner |= dueMs < times.unreadFromMs();
            times.addBeyond(dueMs);
        } else if (looking) {
            return; // the alarm is set when it has ended
        }
        if (sooner) {
            schedule();
        }
    }

    /** Sets the alarm; the caller holds the monitor. */
    private void schedule() {
        if (closed) {
            return;
        }
        if (wakeUp != null) {
            wakeUp.cancel();
            wakeUp = null;
        }
        wakeUpAtMs = DueTimes.NONE;
        if (state.waiting() == 0 && times.nextMs() == DueTimes.NONE) {
            return;
        }
        long atMs = DueTimes.NONE; // what is under way sets the alarm when it ends
        if (!looking) {
            atMs = Math.max(times.nextMs(), notBeforeMs);
        }
        if (!filling && times.unreadFromMs() != DueTimes.NONE) {
            atMs = Math.min(atMs, Math.max(times.unreadFromMs() - AHEAD_MS, fillNotBeforeMs));
        }
        wakeUpAtMs = atMs;
        if (atMs != DueTimes.NONE) {
            wakeUp = alarms.at(atMs, this::wake);
        }
    }

    /** The stage completes when everything that is due has come, or cannot. */
    private CompletionStage<?> wake() {
        long nowMs = clock.timeMs();
        boolean fill;
        boolean look;
        CompletionStage<?> end;
        synchronized (this) {
            if (closed) {
                return CompletableFuture.completedFuture(null);
            }
            fill = !filling && times.unreadFromMs() - nowMs <= AHEAD_MS && fillNotBeforeMs <= nowMs;
            if (fill) {
                filling = true;
                fillEnd = new CompletableFuture<>();
            }
            look = !looking && times.nextMs() <= nowMs && notBeforeMs <= nowMs;
            if (look) {
                looking = true;
                lookEnd = new CompletableFuture<>();
                times.pass(nowMs);
            }
            schedule();
            end = CompletableFuture.allOf(fillEnd, lookEnd);
        }
        if (fill) {
            onWorker(this::fill, this::filled);
        }
        if (look) {
            onWorker(() -> look(nowMs), () -> failed(new RejectedExecutionException("no worker is free")));
        }
        return end;
    }

    private void onWorker(Runnable task, Runnable onRejected) {
        try {
            workers.execute(task);
        } catch (RejectedExecutionException busy) {
            onRejected.run();
        }
    }

    private void fill() {
        DueTimes.Unread unread;
        synchronized (this) {
            unread = times.beginReading(clock.timeMs());
        }
        try {
            reader.ticks(unread.fromMs(), unread.toMs(), this::note);
            long followingMs = reader.first(unread.toMs()).orElse(DueTimes.NONE);
            synchronized (this) {
                times.read(followingMs);
            }
        } catch (RuntimeException failure) { // the store is closed, or broken and says so itself
            log.atDebug().setCause(failure).log("what is due next cannot be read");
        } finally {
            filled();
        }
    }

    private synchronized void note(long dueMs) {
        times.add(dueMs);
    }

    private synchronized void filled() {
        filling = false;
        fillNotBeforeMs = clock.timeMs() + REFILL_MS;
        schedule();
        fillEnd.complete(null);
    }

    /** What is due at {@code nowMs}, if anything still is: what was cancelled costs no entry of the journal. */
    private void look(long nowMs) {
        ScheduleReader.Outlook outlook;
        try {
            outlook = reader.outlook(nowMs);
        } catch (RuntimeException failure) {
            failed(failure);
            return;
        }
        if (!outlook.any()) {
            looked();
            return;
        }
        group.propose(new FireUntil(nowMs, outlook.following())).whenComplete((done, failure) -> {
            if (failure != null) {
                failed(failure);
                return;
            }
            count(done);
            if (done.more()) {
                onWorker(() -> look(nowMs), () -> failed(new RejectedExecutionException("no worker is free")));
            } else if (done.untilMs() < nowMs) {
                failed(new IllegalStateException("the clock was set back"));
            } else {
                looked();
            }
        });
    }

    private void count(FireUntil.Fired done) {
        long nowMs = clock.timeMs();
        for (long dueMs : done.dueMs()) {
            lateness.record(TimeUnit.MILLISECONDS.toNanos(nowMs - dueMs));
        }
        fired.add(done.dueMs().size());
    }

    private synchronized void looked() {
        looking = false;
        schedule();
        lookEnd.complete(null);
    }

    /** Whatever was due still is: it is tried again. */
    private synchronized void failed(Throwable failure) {
        if (!closed) {
            log.atDebug()
                    .addKeyValue("group", group.id())
                    .addKeyValue("reason", String.valueOf(failure.getMessage()))
                    .log("firing is tried again");
        }
        long nowMs = clock.timeMs();
        notBeforeMs = nowMs + RETRY_MS;
        times.add(nowMs);
        looking = false;
        schedule();
        lookEnd.completeExceptionally(failure);
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
