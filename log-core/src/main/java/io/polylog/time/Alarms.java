package io.polylog.time;

import io.polylog.time.Scheduler.Timeout;
import java.util.concurrent.CompletionStage;

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
     * By a clock that may be set: looked at anew at least once a second while an alarm is set.
     *
     * @param scheduler no alarm runs once it is closed
     */
    static Alarms of(EpochClock clock, Scheduler scheduler) {
        return (timeMs, task) -> new WatchfulAlarm(clock, scheduler, timeMs, task).set();
    }
}
