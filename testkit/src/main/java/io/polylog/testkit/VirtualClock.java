package io.polylog.testkit;

import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import io.polylog.time.Scheduler;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/**
 * Time that stands still until a test moves it, and the timers on it: what falls due while it moves runs on the thread that
 * moves it, in order of due time, with the clock at that time. Any thread.
 */
public final class VirtualClock implements EpochClock, NanoClock, Scheduler {

    private final Queue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::dueMs).thenComparingLong(Timer::number));
    private long nowMs;
    private long timersMade;

    private record Timer(long dueMs, long number, Runnable task) {}

    public VirtualClock(long startMs) {
        this.nowMs = startMs;
    }

    @Override
    public synchronized long timeMs() {
        return nowMs;
    }

    @Override
    public synchronized long nanoTime() {
        return nowMs * 1_000_000;
    }

    /** Not run before the clock is moved, even with no delay. */
    @Override
    public synchronized Timeout after(long delayMs, Runnable task) {
        Timer timer = new Timer(nowMs + delayMs, timersMade++, task);
        timers.add(timer);
        return () -> cancel(timer);
    }

    private synchronized void cancel(Timer timer) {
        timers.remove(timer);
    }

    /** Timers that have neither run nor been cancelled. */
    public synchronized int timers() {
        return timers.size();
    }

    public void advance(Duration by) {
        long end = timeMs() + by.toMillis();
        for (Runnable due = nextDue(end); due != null; due = nextDue(end)) {
            due.run();
        }
    }

    /** Moves to the next timer that is due by then, or to the end. */
    private synchronized @org.jspecify.annotations.Nullable Runnable nextDue(long endMs) {
        Timer first = timers.peek();
        if (first == null || first.dueMs > endMs) {
            nowMs = Math.max(nowMs, endMs);
            return null;
        }
        timers.remove();
        nowMs = Math.max(nowMs, first.dueMs);
        return first.task;
    }

    /** Nothing that was scheduled runs any more. The clock goes on: a gateway that is opened next may have it again. */
    @Override
    public synchronized void close() {
        timers.clear();
    }
}
