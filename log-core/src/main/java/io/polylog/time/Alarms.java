package io.polylog.time;

import io.polylog.time.Scheduler.Timeout;
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;

/**
 * Runs things at a date, by an {@link EpochClock}; what is to happen some time from now, whatever the date, is for a {@link
 * Scheduler}. A task is late by scheduling delays, never early, and runs at once when its time has passed. Any thread may set
 * one; it runs on a thread that all share, so it hands over and returns at once.
 */
@FunctionalInterface
public interface Alarms {

    /** What is to be done. */
    @FunctionalInterface
    interface Task {
        /**
         * Begins it. The stage completes when all that it began has been done, the alarms that follow from it are set, or it
         * has failed: then a clock that a test turns may go on. Elsewhere nobody waits for it.
         */
        CompletionStage<?> begin();
    }

    /**
     * Begins {@code task} once.
     *
     * @param timeMs milliseconds since the Unix epoch
     */
    Timeout at(long timeMs, Task task);

    /**
     * By a clock that may be set: looked at anew at least once a second while an alarm is set. Alarms follow it: those that it
     * is set forward over come at once, and after it is set back they come that much later. A machine that slept is such a
     * case, and those are late already; hence a clock is obeyed rather than followed slowly.
     *
     * @param monotonic by which it is noticed that the clock was set
     * @param scheduler no alarm runs once it is closed
     * @param onJump told by how many milliseconds the clock was set forward, or back if negative; of a second or more
     */
    static Alarms of(EpochClock clock, NanoClock monotonic, Scheduler scheduler, LongConsumer onJump) {
        JumpWatch jumps = new JumpWatch(clock, monotonic, onJump);
        return (timeMs, task) -> new WatchfulAlarm(clock, jumps, scheduler, timeMs, task).set();
    }
}
