package io.polylog.node;

import io.polylog.disk.Disk;
import io.polylog.metric.Meters;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import io.polylog.time.Scheduler;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * What a log node takes from the process around it.
 *
 * @param scheduler closed by the node that is opened with it
 * @param topicIds gives each new topic its id; any thread
 */
public record Environment(
        Disk disk, EpochClock clock, NanoClock nanoClock, Scheduler scheduler, Supplier<UUID> topicIds, Meters meters) {

    public Environment {
        Objects.requireNonNull(disk, "disk");
        Objects.requireNonNull(clock, "clock");
        Objects.requireNonNull(nanoClock, "nanoClock");
        Objects.requireNonNull(scheduler, "scheduler");
        Objects.requireNonNull(topicIds, "topicIds");
        Objects.requireNonNull(meters, "meters");
    }

    /** The operating system's disk, clocks and timers, and random ids. */
    public static Environment system(Meters meters) {
        return new Environment(
                Disk.system(), EpochClock.system(), NanoClock.system(), Scheduler.system(), TopicIds.random(), meters);
    }
}
