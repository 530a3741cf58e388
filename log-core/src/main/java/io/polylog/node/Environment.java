package io.polylog.node;

import io.polylog.disk.Disk;
import io.polylog.metric.Meters;
import io.polylog.spi.LogLevels;
import io.polylog.time.Alarms;
import io.polylog.time.EpochClock;
import io.polylog.time.NanoClock;
import io.polylog.time.Scheduler;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * What a log node takes from the process around it. Time comes in two kinds. Dates, which are stored and told to clients, and
 * what happens at a date, go by {@code clock} and {@code alarms}: timestamps, schedules, expiry. How long somebody has been
 * silent, holds a record, or waits before trying again goes by {@code nanoClock} and {@code scheduler}. A test may let dates
 * stand still and leap; its clients, which live by clocks of their own, then see no more time pass than does.
 *
 * @param alarms by {@code clock}
 * @param peerClock the date by the clocks of clients; it never stands still. Consumer groups take intervals between their
 *     members' requests from it
 * @param scheduler closed by the node that is opened with it
 * @param topicIds gives each new topic its id; any thread
 */
public record Environment(
        Disk disk,
        EpochClock clock,
        Alarms alarms,
        EpochClock peerClock,
        NanoClock nanoClock,
        Scheduler scheduler,
        Supplier<UUID> topicIds,
        Meters meters,
        LogLevels logLevels) {

    public Environment {
        Objects.requireNonNull(disk, "disk");
        Objects.requireNonNull(clock, "clock");
        Objects.requireNonNull(alarms, "alarms");
        Objects.requireNonNull(peerClock, "peerClock");
        Objects.requireNonNull(nanoClock, "nanoClock");
        Objects.requireNonNull(scheduler, "scheduler");
        Objects.requireNonNull(topicIds, "topicIds");
        Objects.requireNonNull(meters, "meters");
        Objects.requireNonNull(logLevels, "logLevels");
    }

    /** The operating system's disk, clocks and timers, and random ids. */
    public static Environment system(Meters meters) {
        return system(meters, LogLevels.none());
    }

    /** The same for a process that lets its administrators say how much is logged. */
    public static Environment system(Meters meters, LogLevels logLevels) {
        EpochClock clock = EpochClock.system();
        NanoClock nanoClock = NanoClock.system();
        Scheduler scheduler = Scheduler.system();
        return new Environment(
                Disk.system(),
                clock,
                Alarms.of(clock, nanoClock, scheduler, new ClockJumps(meters)),
                clock,
                nanoClock,
                scheduler,
                TopicIds.random(),
                meters,
                logLevels);
    }
}
