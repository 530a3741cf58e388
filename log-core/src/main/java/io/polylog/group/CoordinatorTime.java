package io.polylog.group;

import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import org.apache.kafka.common.utils.Time;

/** The gateway's clocks, as Kafka's classes ask for them. */
record CoordinatorTime(EpochClock epochClock, NanoClock nanoClock) implements Time {

    @Override
    public long milliseconds() {
        return epochClock.timeMs();
    }

    @Override
    public long nanoseconds() {
        return nanoClock.nanoTime();
    }

    /** Not supported: the coordinator waits by its timer, and a sleeping thread would be one too few. */
    @Override
    public void sleep(long ms) {
        throw new UnsupportedOperationException("the coordinator does not sleep");
    }
}
