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
 * <p>The wheel knows the times of the next two minutes: those that the apply thread tells, and those that are read from the
 * store before the wheel reaches them. So memory does not depend on how much waits, and times at which nothing is due are
 * passed over. One look at a time is under way; the
 * wheel is turned before it, so that what is told meanwhile is not forgotten. Any thread; nothing here blocks.
 */
final class FiringTimer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(FiringTimer.class);

    private static final long RETRY_MS = 500;

    /** Between two readings of the store, if the first did not get far enough. */
    private static final long REFILL_MS = 100;

    /** How much of the wheel must lie ahead, filled. */
    private static final long AHEAD_MS = TimingWheel.TICKS / 2;

    private final ReplicaGroup group;
    private final ScheduleState state;
    private final ScheduleReader reader;
    private final Executor workers;
    private final EpochClock clock;
    private final Alarms alarms;
    private final Meters.Counter fired;
    private final Meters.Timer lateness;

    private final TimingWheel wheel; // guarded by this, as is what follows
    private long overdueMs = TimingWheel.NONE; // the first that lies behind the wheel
    private long filledToMs; // the wheel knows everything before; NONE if nothing waits beyond it
    private long toldBeyondMs =
            TimingWheel.NONE; // the first that the wheel does not cover, told since it began to fill
    private boolean filling;
    private CompletableFuture<@Nullable Void> fillEnd = CompletableFuture.completedFuture(null);
    private long fillNotBeforeMs;
    private boolean looking;
    private CompletableFuture<@Nullable Void> lookEnd = CompletableFuture.completedFuture(null);
    private long notBeforeMs; // after a failure
    private Scheduler.@Nullable Timeout wakeUp;
    private long wakeUpAtMs = TimingWheel.NONE;
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
        this.wheel = new TimingWheel(clock.timeMs());
    }

    /** Once. */
    void start() {
        state.watch(this::told);
        synchronized (this) {
            filledToMs = state.waiting() == 0 ? wheel.end() : 0;
            schedule();
        }
    }

    /** Something is due then that was not before; what the wheel does not cover is read from the store in time. */
    private synchronized void told(long dueMs) {
        boolean sooner = dueMs < wakeUpAtMs;
        if (!add(dueMs)) {
            toldBeyondMs = Math.min(toldBeyondMs, dueMs);
            sooner |= dueMs < filledToMs;
            filledToMs = Math.min(filledToMs, dueMs);
        } else if (looking) {
            return; // the alarm is set when it has ended
        }
        if (sooner) {
            schedule();
        }
    }

    /** Answers whether the wheel covers that time, or it has passed; the caller holds the monitor. */
    private boolean add(long dueMs) {
        if (dueMs < wheel.now()) { // within the millisecond that was looked at
            overdueMs = Math.min(overdueMs, dueMs);
            return true;
        }
        return wheel.add(dueMs);
    }

    private long nextMs() {
        return Math.min(overdueMs, wheel.next());
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
        wakeUpAtMs = TimingWheel.NONE;
        if (state.waiting() == 0 && nextMs() == TimingWheel.NONE) {
            return;
        }
        long atMs = TimingWheel.NONE; // what is under way sets the alarm when it ends
        if (!looking) {
            atMs = Math.max(nextMs(), notBeforeMs);
        }
        if (!filling && filledToMs != TimingWheel.NONE) {
            atMs = Math.min(atMs, Math.max(filledToMs - AHEAD_MS, fillNotBeforeMs));
        }
        wakeUpAtMs = atMs;
        if (atMs != TimingWheel.NONE) {
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
            fill = !filling && filledToMs - nowMs <= AHEAD_MS && fillNotBeforeMs <= nowMs;
            if (fill) {
                filling = true;
                fillEnd = new CompletableFuture<>();
            }
            look = !looking && nextMs() <= nowMs && notBeforeMs <= nowMs;
            if (look) {
                looking = true;
                lookEnd = new CompletableFuture<>();
                wheel.advance(nowMs + 1);
                overdueMs = TimingWheel.NONE;
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
        long fromMs;
        long toMs;
        synchronized (this) {
            wheel.advance(Math.min(clock.timeMs(), wheel.next()));
            fromMs = filledToMs;
            toMs = wheel.end();
            toldBeyondMs = TimingWheel.NONE;
        }
        try {
            reader.ticks(fromMs, toMs, this::note);
            long followingMs = reader.first(toMs).orElse(TimingWheel.NONE);
            synchronized (this) {
                filledToMs = Math.min(followingMs, toldBeyondMs);
            }
        } catch (RuntimeException failure) { // the store is closed, or broken and says so itself
            log.atDebug().setCause(failure).log("what is due next cannot be read");
        } finally {
            filled();
        }
    }

    private synchronized void note(long dueMs) {
        add(dueMs);
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
        add(nowMs);
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
