package io.polylog.time;

import org.jspecify.annotations.Nullable;

/** One alarm of {@link Alarms#of}: looks at the clock until the time has come, for it may be set meanwhile. Any thread. */
final class WatchfulAlarm implements Scheduler.Timeout {

    private static final long MAX_WAIT_MS = 1000;

    private final EpochClock clock;
    private final JumpWatch jumps;
    private final Scheduler scheduler;
    private final long timeMs;
    private final Alarms.Task task;
    private Scheduler.@Nullable Timeout next;
    private boolean cancelled;

    WatchfulAlarm(EpochClock clock, JumpWatch jumps, Scheduler scheduler, long timeMs, Alarms.Task task) {
        this.clock = clock;
        this.jumps = jumps;
        this.scheduler = scheduler;
        this.timeMs = timeMs;
        this.task = task;
    }

    /** Once, and again after each look that was too early. */
    synchronized WatchfulAlarm set() {
        if (!cancelled) {
            long waitMs = Math.max(0, Math.min(timeMs - clock.timeMs(), MAX_WAIT_MS));
            next = scheduler.after(waitMs, this::look);
        }
        return this;
    }

    private void look() {
        jumps.look();
        if (clock.timeMs() < timeMs) {
            set();
        } else {
            task.begin();
        }
    }

    @Override
    public synchronized void cancel() {
        cancelled = true;
        if (next != null) {
            next.cancel();
            next = null;
        }
    }
}
