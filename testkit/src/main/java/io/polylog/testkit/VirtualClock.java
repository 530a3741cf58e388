package io.polylog.testkit;

import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Time that stands still until a test moves it. Any thread. */
public final class VirtualClock implements EpochClock, NanoClock {

    private final AtomicLong nowMs;

    public VirtualClock(long startMs) {
        this.nowMs = new AtomicLong(startMs);
    }

    @Override
    public long timeMs() {
        return nowMs.get();
    }

    @Override
    public long nanoTime() {
        return nowMs.get() * 1_000_000;
    }

    public void advance(Duration by) {
        nowMs.addAndGet(by.toMillis());
    }
}
