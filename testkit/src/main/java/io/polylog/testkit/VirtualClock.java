package io.polylog.testkit;

import io.polylog.schedule.TimeUnits;
import io.polylog.time.Alarms;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import io.polylog.time.Scheduler;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;

/**
 * A date that stands still until a test moves it, and the alarms on it: what falls due while it moves begins on the
 * thread that moves it, in order of due time, with the clock at that time. The clock goes on when all that an alarm began has
 * been done, so what follows from it within the time of a leap is done in it too. Any thread; one moves it at a time.
 */
public final class VirtualClock implements EpochClock, Alarms {

    /** How long, in real time, an alarm may take to get done. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final NanoClock realTime = NanoClock.system();
    private final Queue<Alarm> alarms =
            new PriorityQueue<>(Comparator.comparingLong(Alarm::dueMs).thenComparingLong(Alarm::number));
    private long nowMs;
    private long alarmsMade;
    private int underWay;
    private @Nullable Throwable failure;

    private record Alarm(long dueMs, long number, Task task) {}

    /**
     * @param startMs milliseconds since the Unix epoch
     */
    public VirtualClock(long startMs) {
        this.nowMs = startMs;
    }

    @Override
    public synchronized long timeMs() {
        return nowMs;
    }

    /** Begins at once, on a thread of its own, if its time has passed. */
    @Override
    public synchronized Scheduler.Timeout at(long timeMs, Task task) {
        if (timeMs > nowMs) {
            return add(timeMs, task);
        }
        underWay++;
        ForkJoinPool.commonPool().execute(() -> begin(task));
        return () -> {};
    }

    private Scheduler.Timeout add(long dueMs, Task task) {
        Alarm alarm = new Alarm(dueMs, alarmsMade++, task);
        alarms.add(alarm);
        return () -> cancel(alarm);
    }

    private synchronized void cancel(Alarm alarm) {
        alarms.remove(alarm);
    }

    /** Alarms that have neither begun nor been cancelled. */
    public synchronized int alarms() {
        return alarms.size();
    }

    /**
     * Moves the clock on, from one alarm to the next.
     *
     * @param by such as {@code 15m}, {@code 500ms} or {@code PT15M}, as a delay is written in a header
     * @throws IllegalStateException see {@link #advance(Duration)}
     */
    public void advance(String by) {
        advance(TimeUnits.parse(by));
    }

    /**
     * Moves the clock on, from one alarm to the next. When it returns, everything that was due has been done.
     *
     * @param by in whole milliseconds; with nothing the clock stays, and what is under way is waited for
     * @throws IllegalStateException if something that was due failed, or was not done within 30 seconds of real time
     */
    public void advance(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("time does not go back by " + by);
        }
        settle();
        long endMs;
        synchronized (this) {
            endMs = Math.addExact(nowMs, by.toMillis());
            failure = null;
        }
        for (Task due = nextDue(endMs); due != null; due = nextDue(endMs)) {
            begin(due);
            settle();
        }
        synchronized (this) {
            if (failure != null) {
                throw new IllegalStateException("something that was due failed: " + failure, failure);
            }
        }
    }

    /** Moves to the next alarm that is due by then, or to the end; the alarm counts as under way. */
    private synchronized @Nullable Task nextDue(long endMs) {
        Alarm first = alarms.peek();
        if (first == null || first.dueMs > endMs) {
            nowMs = Math.max(nowMs, endMs);
            return null;
        }
        alarms.remove();
        nowMs = Math.max(nowMs, first.dueMs);
        underWay++;
        return first.task;
    }

    private void begin(Task task) {
        CompletionStage<?> end;
        try {
            end = task.begin();
        } catch (RuntimeException | Error thrown) {
            end = CompletableFuture.failedFuture(thrown);
        }
        end.whenComplete((done, failed) -> ended(failed));
    }

    private synchronized void ended(@Nullable Throwable failed) {
        underWay--;
        if (failed != null && failure == null) {
            failure = failed;
        }
        notifyAll();
    }

    private synchronized void settle() {
        long startNanos = realTime.nanoTime();
        while (underWay > 0) {
            long leftMs = PATIENCE.minusNanos(realTime.nanoTime() - startNanos).toMillis();
            if (leftMs <= 0) {
                throw new IllegalStateException(
                        underWay + " of what was due was not done within " + PATIENCE.toSeconds() + " seconds");
            }
            try {
                wait(leftMs);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while what was due was done", interrupted);
            }
        }
    }
}
