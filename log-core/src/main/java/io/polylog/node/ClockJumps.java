package io.polylog.node;

import io.polylog.metric.Meters;
import java.time.Duration;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells operators that the system's clock was set, and what that means for what waits for a date. Any thread. */
final class ClockJumps implements LongConsumer {

    private static final Logger log = LoggerFactory.getLogger(ClockJumps.class);

    private final Meters.Counter jumps;

    ClockJumps(Meters meters) {
        this.jumps = meters.counter("polylog_clock_jumps_total");
    }

    @Override
    public void accept(long jumpedMs) {
        jumps.add(1);
        log.atWarn()
                .addKeyValue("by", Duration.ofMillis(Math.abs(jumpedMs)))
                .log(
                        jumpedMs > 0
                                ? "the system's clock was set forward, or the machine slept: what was due meanwhile comes now"
                                : "the system's clock was set back: what waits comes that much later");
    }
}
