package io.polylog.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.polylog.time.NanoClock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.server.util.timer.TimerTask;
import org.junit.jupiter.api.Test;

class CoordinatorTimerTest {

    private final AtomicLong nanos = new AtomicLong(999_999);
    private final List<String> ran = Collections.synchronizedList(new ArrayList<>());

    @Test
    void runsTasksInOrderOfTimeAndNeverEarly() throws InterruptedException {
        try (CoordinatorTimer timer = new CoordinatorTimer(nanos::get)) {
            timer.add(task("late", 20));
            timer.add(task("soon", 10));
            passMs(10);
            while (timer.advanceClock(0)) {}
            assertThat(ran).isEmpty();
            passMs(1);
            while (timer.advanceClock(0)) {}
            assertThat(ran).containsExactly("soon");
            passMs(100);
            while (timer.advanceClock(0)) {}
            assertThat(ran).containsExactly("soon", "late");
        }
    }

    @Test
    void doesNotRunCancelledTasks() throws InterruptedException {
        try (CoordinatorTimer timer = new CoordinatorTimer(nanos::get)) {
            TimerTask task = task("cancelled", 1);
            timer.add(task);
            task.cancel();
            passMs(10);
            while (timer.advanceClock(0)) {}
            assertThat(ran).isEmpty();
        }
    }

    @Test
    void forgetsCancelledTasksLongBeforeTheirTime() {
        try (CoordinatorTimer timer = new CoordinatorTimer(nanos::get)) {
            for (int i = 0; i < 100_000; i++) {
                TimerTask task = task("session", 45_000);
                timer.add(task);
                task.cancel();
            }
            assertThat(timer.size()).isLessThan(2000);
        }
    }

    @Test
    void itsThreadRunsWhatIsDueAndSurvivesATaskThatThrows() {
        try (CoordinatorTimer timer = new CoordinatorTimer(NanoClock.system())) {
            timer.start();
            timer.add(new TimerTask(0) {
                @Override
                public void run() {
                    throw new IllegalStateException("thrown by the test");
                }
            });
            timer.add(task("after", 5));
            await().untilAsserted(() -> assertThat(ran).containsExactly("after"));
        }
    }

    private void passMs(long ms) {
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(ms));
    }

    private TimerTask task(String name, long delayMs) {
        return new TimerTask(delayMs) {
            @Override
            public void run() {
                ran.add(name);
            }
        };
    }
}
