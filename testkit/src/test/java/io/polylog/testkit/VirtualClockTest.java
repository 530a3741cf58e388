package io.polylog.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.time.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VirtualClockTest {

    private final VirtualClock clock = new VirtualClock(1000);
    private final List<String> ran = new ArrayList<>();

    private void note(String what) {
        ran.add(what + "@" + clock.timeMs());
    }

    @Test
    void timersRunInOrderAtTheirTimes() {
        clock.after(30, () -> note("c"));
        clock.after(10, () -> {
            note("a");
            clock.after(5, () -> note("b"));
        });
        clock.advance(Duration.ofMillis(20));
        assertThat(ran).containsExactly("a@1010", "b@1015");
        assertThat(clock.timeMs()).isEqualTo(1020);
        clock.advance(Duration.ofMillis(10));
        assertThat(ran).last().isEqualTo("c@1030");
    }

    @Test
    void cancelledTimerDoesNotRun() {
        Scheduler.Timeout timeout = clock.after(10, () -> note("never"));
        timeout.cancel();
        timeout.cancel();
        clock.advance(Duration.ofSeconds(1));
        assertThat(ran).isEmpty();
        assertThat(clock.timers()).isZero();
    }
}
