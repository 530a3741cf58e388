package io.polylog.fake;

import io.polylog.time.Scheduler;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** Timers that run only when the test says so, in the order of their due times. One thread: the test's. */
public final class ManualScheduler implements Scheduler {

    private final TreeSet<Timer> timers =
            new TreeSet<>(Comparator.comparingLong(Timer::dueMs).thenComparingLong(Timer::number));
    private long nowMs;
    private long made;

    private record Timer(long dueMs, long number, Runnable task) {}

    @Override
    public Timeout after(long delayMs, Runnable task) {
        Timer timer = new Timer(nowMs + delayMs, made++, task);
        timers.add(timer);
        return () -> timers.remove(timer);
    }

    /** Lets the first timer run, as if it were that time; false if there is none. */
    public boolean runNext() {
        Timer first = timers.pollFirst();
        if (first == null) {
            return false;
        }
        nowMs = Math.max(nowMs, first.dueMs);
        first.task.run();
        return true;
    }

    /** Moves time on and runs what falls due. */
    public void advance(long ms) {
        long end = nowMs + ms;
        while (!timers.isEmpty() && timers.first().dueMs <= end) {
            runNext();
        }
        nowMs = end;
    }

    /** Milliseconds that have passed. */
    public long nowMs() {
        return nowMs;
    }

    /** How long it is to each timer, the first first. */
    public List<Long> delays() {
        return timers.stream().map(timer -> timer.dueMs - nowMs).toList();
    }

    @Override
    public void close() {
        timers.clear();
    }
}
