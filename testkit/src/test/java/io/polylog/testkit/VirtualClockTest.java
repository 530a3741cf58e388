package io.polylog.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.polylog.time.Alarms;
import io.polylog.time.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class VirtualClockTest {

    private final VirtualClock clock = new VirtualClock(1000);
    private final List<String> rung = new ArrayList<>();

    @Test
    void alarmsRingInOrderAtTheirTimes() {
        clock.at(1030, note("c"));
        clock.at(1010, () -> {
            clock.at(1015, note("b"));
            return note("a").begin();
        });
        clock.advance("20ms");
        assertThat(rung).containsExactly("a@1010", "b@1015");
        assertThat(clock.timeMs()).isEqualTo(1020);
        clock.advance(Duration.ofMillis(10));
        assertThat(rung).last().isEqualTo("c@1030");
    }

    @Test
    void waitsForWhatAnAlarmBegan() {
        clock.at(1010, () -> CompletableFuture.runAsync(() -> clock.at(1020, note("later"))));
        clock.advance("1s");
        assertThat(rung).containsExactly("later@1020");
    }

    @Test
    void tellsOfWhatFailed() {
        clock.at(1010, () -> CompletableFuture.failedFuture(new IllegalStateException("no disk")));
        assertThatThrownBy(() -> clock.advance("1s")).hasMessageContaining("no disk");
        clock.advance("1s");
    }

    @Test
    void cancelledAlarmDoesNotRing() {
        Scheduler.Timeout alarm = clock.at(1010, note("never"));
        alarm.cancel();
        alarm.cancel();
        clock.advance("1s");
        assertThat(rung).isEmpty();
        assertThat(clock.alarms()).isZero();
    }

    private Alarms.Task note(String what) {
        return () -> {
            rung.add(what + "@" + clock.timeMs());
            return CompletableFuture.completedFuture(null);
        };
    }
}
