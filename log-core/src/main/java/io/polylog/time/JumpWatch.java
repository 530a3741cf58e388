package io.polylog.time;

import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * Notices that a clock has been set, by comparing it with one that cannot be. A clock that is brought to the right time little
 * by little is not noticed: the operating system lets both run faster or slower then. Any thread.
 */
final class JumpWatch {

    /** Less may be the time between reading the one clock and the other. */
    private static final long LEAST_MS = 1_000;

    private final EpochClock clock;
    private final NanoClock monotonic;
    private final LongConsumer onJump;
    private long apartMs;

    /**
     * @param onJump told by how many milliseconds the clock was set forward, or back if negative
     */
    JumpWatch(EpochClock clock, NanoClock monotonic, LongConsumer onJump) {
        this.clock = clock;
        this.monotonic = monotonic;
        this.onJump = onJump;
        this.apartMs = apartMs();
    }

    void look() {
        long jumpedMs;
        synchronized (this) {
            long nowApartMs = apartMs();
            jumpedMs = nowApartMs - apartMs;
            if (Math.abs(jumpedMs) < LEAST_MS) {
                return;
            }
            apartMs = nowApartMs;
        }
        onJump.accept(jumpedMs);
    }

    private long apartMs() {
        return clock.timeMs() - TimeUnit.NANOSECONDS.toMillis(monotonic.nanoTime());
    }
}
