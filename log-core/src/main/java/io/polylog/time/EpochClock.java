package io.polylog.time;

/** Wall-clock time. Injected wherever a date is stored or compared, so that tests can turn it by hand. */
@FunctionalInterface
public interface EpochClock {

    /** Milliseconds since the Unix epoch; may jump in either direction when the system clock is set. */
    long timeMs();

    /** The clock of the operating system. */
    static EpochClock system() {
        return System::currentTimeMillis;
    }
}
