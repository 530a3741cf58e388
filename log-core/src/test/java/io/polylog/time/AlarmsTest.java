package io.polylog.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Alarms by a clock that somebody sets while they wait. */
class AlarmsTest {

    private final Queue<Timer> timers = new PriorityQueue<>(Comparator.comparingLong(Timer::dueMs));
    private final List<String> rung = new ArrayList<>();
    private final List<Long> jumps = new ArrayList<>();
    private long monotonicMs = 5_000;
    private long offsetMs = 1_000_000;

    private final Alarms alarms =
            Alarms.of(() -> monotonicMs + offsetMs, () -> monotonicMs * 1_000_000, new Timers(), jumps::add);

    private record Timer(long dueMs, Runnable task) {}

    @Test
    void ringsWhenItIsTimeAndNotBefore() {
        set("a", 10_000);
        pass(9_999);
        assertThat(rung).isEmpty();
        pass(1);
        assertThat(rung).containsExactly("a");
        assertThat(jumps).isEmpty();
    }

    @Test
    void ringsWithinASecondOnceTheClockIsSetForward() {
        set("near", 10_000);
        set("far", 7_200_000);
        pass(1_500);
        offsetMs += 3_600_000;
        pass(1_000);
        assertThat(rung).containsExactly("near");
        assertThat(jumps).containsExactly(3_600_000L);
    }

    @Test
    void waitsOnWhenTheClockIsSetBack() {
        set("a", 10_000);
        pass(5_000);
        offsetMs -= 60_000;
        pass(60_000);
        assertThat(rung).isEmpty();
        assertThat(jumps).containsExactly(-60_000L);
        pass(5_000);
        assertThat(rung).containsExactly("a");
    }

    @Test
    void doesNotTellOfSmallCorrections() {
        set("a", 10_000);
        for (int i = 0; i < 5; i++) {
            pass(1_000);
            offsetMs += 1;
        }
        assertThat(jumps).isEmpty();
    }

    @Test
    void doesNotRingOnceItIsCancelled() {
        Scheduler.Timeout alarm = set("a", 10_000);
        pass(5_000);
        alarm.cancel();
        pass(10_000);
        assertThat(rung).isEmpty();
        assertThat(timers).isEmpty();
    }

    private Scheduler.Timeout set(String name, long fromNowMs) {
        return alarms.at(monotonicMs + offsetMs + fromNowMs, () -> {
            rung.add(name);
            return CompletableFuture.completedFuture(null);
        });
    }

    private void pass(long ms) {
        long endMs = monotonicMs + ms;
        Timer first = timers.peek();
        while (first != null && first.dueMs() <= endMs) {
            timers.remove();
            monotonicMs = first.dueMs();
            first.task().run();
            first = timers.peek();
        }
        monotonicMs = endMs;
    }

    private final class Timers implements Scheduler {
        @Override
        public Timeout after(long delayMs, Runnable task) {
            Timer timer = new Timer(monotonicMs + delayMs, task);
            timers.add(timer);
            return () -> timers.remove(timer);
        }

        @Override
        public void close() {}
    }
}
