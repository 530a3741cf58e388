package io.polylog.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TimingWheelTest {

    private static final long START_MS = 1_800_000_000_123L;

    @Test
    void knowsNothingAtFirst() {
        TimingWheel wheel = new TimingWheel(START_MS);
        assertThat(wheel.next()).isEqualTo(TimingWheel.NONE);
        assertThat(wheel.add(wheel.end())).isFalse();
        assertThat(wheel.next()).isEqualTo(TimingWheel.NONE);
    }

    @Test
    void takesWhatIsOverdueForDueNow() {
        TimingWheel wheel = new TimingWheel(START_MS);
        assertThat(wheel.add(5)).isTrue();
        assertThat(wheel.next()).isEqualTo(START_MS);
    }

    @Test
    void findsTheNextTickAsASortedSetDoes() {
        long seed = Long.getLong("polylog.seed", new Random().nextLong());
        Random random = new Random(seed);
        TimingWheel wheel = new TimingWheel(START_MS);
        TreeSet<Long> model = new TreeSet<>();
        for (int step = 0; step < 200_000; step++) {
            if (random.nextInt(3) > 0) {
                long dueMs = wheel.now() + random.nextInt(random.nextBoolean() ? 200 : TimingWheel.TICKS + 100);
                if (wheel.add(dueMs)) {
                    model.add(dueMs);
                }
            } else {
                long byMs = random.nextInt(1000) == 0 ? random.nextInt(3 * TimingWheel.TICKS) : random.nextInt(300);
                wheel.advance(wheel.now() + byMs);
                model.headSet(wheel.now()).clear();
            }
            assertThat(wheel.next())
                    .as("-Dpolylog.seed=%d, step %d", seed, step)
                    .isEqualTo(model.isEmpty() ? TimingWheel.NONE : model.first());
        }
    }
}
