package io.polylog.group;

import io.polylog.time.NanoClock;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.server.util.timer.Timer;
import org.apache.kafka.server.util.timer.TimerTask;
import org.apache.kafka.server.util.timer.TimerTaskEntry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the coordinator's time-outs on one thread of its own, by the gateway's monotonic clock. Tasks only put an event
 * into the coordinator's queue, so one thread is enough for all groups; Kafka's own timer takes two and reads the system
 * clock.
 *
 * <p>Any thread may add and cancel. {@link #start} and {@link #close} are called once. A task that throws is logged and
 * ends alone.
 */
final class CoordinatorTimer implements Timer {

    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorTimer.class);

    /** Cancelled entries are dropped from the heap when it has doubled since the last time, and not below this size. */
    private static final int PURGE_FROM = 1024;

    private final NanoClock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition earlier = lock.newCondition();
    private final PriorityQueue<TimerTaskEntry> entries =
            new PriorityQueue<>(Comparator.comparingLong(entry -> entry.expirationMs));
    private final Thread thread;
    private int purgeAt = PURGE_FROM;
    private boolean closed;

    CoordinatorTimer(NanoClock clock) {
        this.clock = clock;
        this.thread = new Thread(this::run, "polylog-group-timer");
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    @Override
    public void add(TimerTask task) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            // One more than asked, since the clock is cut to whole milliseconds: late by that much, never early.
            TimerTaskEntry entry = new TimerTaskEntry(task, nowMs() + Math.max(0, task.delayMs) + 1);
            entries.add(entry);
            if (entries.size() > purgeAt) {
                entries.removeIf(TimerTaskEntry::cancelled);
                purgeAt = Math.max(PURGE_FROM, 2 * entries.size());
            }
            // Also when the first is overdue: the thread slept by the system's clock, and a virtual one may have run
            // ahead.
            if (entries.peek() == entry || entries.element().expirationMs <= nowMs()) {
                earlier.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Runs one task that is due, waiting for it up to the time given.
     *
     * @return whether a task was due
     */
    @Override
    public boolean advanceClock(long timeoutMs) throws InterruptedException {
        TimerTaskEntry due = takeDue(timeoutMs);
        if (due == null) {
            return false;
        }
        if (!due.cancelled()) {
            try {
                due.timerTask.run();
            } catch (RuntimeException failure) {
                LOG.atError().setCause(failure).log("group coordinator time-out failed");
            }
        }
        return true;
    }

    private @Nullable TimerTaskEntry takeDue(long timeoutMs) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long giveUpMs = nowMs() + timeoutMs;
            while (!closed) {
                TimerTaskEntry first = entries.peek();
                long now = nowMs();
                if (first != null && first.expirationMs <= now) {
                    return entries.poll();
                }
                long waitMs = (first == null ? giveUpMs : Math.min(giveUpMs, first.expirationMs)) - now;
                if (waitMs <= 0) {
                    return null;
                }
                earlier.awaitNanos(TimeUnit.MILLISECONDS.toNanos(waitMs));
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int size() {
        lock.lock();
        try {
            return entries.size();
        } finally {
            lock.unlock();
        }
    }

    /** Drops what is pending and ends the thread. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            entries.clear();
            earlier.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (!isClosed()) {
                advanceClock(TimeUnit.HOURS.toMillis(1));
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private long nowMs() {
        return Math.floorDiv(clock.nanoTime(), 1_000_000L);
    }
}
