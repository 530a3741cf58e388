package io.polylog.share;

import io.polylog.time.NanoClock;
import io.polylog.time.Scheduler;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Until when each record of a ledger is held, for members that may not hold one for ever. One timer, for the earliest.
 * Ledger's thread.
 */
final class Locks {

    private final NanoClock clock;
    private final Scheduler scheduler;
    private final Executor thread;
    private final Consumer<Delivery> onExpired;
    private final Runnable onAnyExpired;
    /** For each length of lock, in milliseconds, the records under one and its end: in the order of their ends. */
    private final Map<Long, LinkedHashMap<Delivery, Long>> ends = new HashMap<>();

    private Scheduler.Timeout timer = () -> {};
    private long timerNanos = Long.MAX_VALUE;

    /**
     * @param onExpired told of each record whose time is over
     * @param onAnyExpired run once after any number of these
     */
    Locks(NanoClock clock, Scheduler scheduler, Executor thread, Consumer<Delivery> onExpired, Runnable onAnyExpired) {
        this.clock = clock;
        this.scheduler = scheduler;
        this.thread = thread;
        this.onExpired = onExpired;
        this.onAnyExpired = onAnyExpired;
    }

    /**
     * @param lockMs 0 for no end
     */
    void lock(Delivery delivery, long lockMs) {
        if (lockMs > 0) {
            long end = clock.nanoTime() + TimeUnit.MILLISECONDS.toNanos(lockMs);
            ends.computeIfAbsent(lockMs, length -> new LinkedHashMap<>()).put(delivery, end);
            if (timerNanos == Long.MAX_VALUE || end - timerNanos < 0) {
                schedule(end);
            }
        }
    }

    void unlock(Delivery delivery) {
        ends.values().forEach(same -> same.remove(delivery)); // a group's members have one length of lock, or two
    }

    private void schedule(long end) {
        timer.cancel();
        timerNanos = end;
        long delayMs = TimeUnit.NANOSECONDS.toMillis(Math.max(0, end - clock.nanoTime()) + 999_999);
        timer = scheduler.after(delayMs, () -> thread.execute(this::expire));
    }

    private void expire() {
        timerNanos = Long.MAX_VALUE;
        long now = clock.nanoTime();
        long earliest = Long.MAX_VALUE;
        boolean any = false;
        for (LinkedHashMap<Delivery, Long> same : ends.values()) {
            Iterator<Map.Entry<Delivery, Long>> all = same.entrySet().iterator();
            while (all.hasNext()) {
                Map.Entry<Delivery, Long> first = all.next();
                if (first.getValue() - now > 0) {
                    earliest =
                            earliest == Long.MAX_VALUE || first.getValue() - earliest < 0 ? first.getValue() : earliest;
                    break;
                }
                all.remove();
                onExpired.accept(first.getKey());
                any = true;
            }
        }
        if (earliest != Long.MAX_VALUE) {
            schedule(earliest);
        }
        if (any) {
            onAnyExpired.run();
        }
    }

    void close() {
        timer.cancel();
        ends.clear();
    }
}
