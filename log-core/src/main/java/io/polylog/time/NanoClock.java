package io.polylog.time;

/** Monotonic time for measuring intervals; its origin is arbitrary and differs between processes. */
@FunctionalInterface
public interface NanoClock {

    /** Nanoseconds since an arbitrary origin; never goes backwards within a process. */
    long nanoTime();

    /** The monotonic clock of the operating system. */
    static NanoClock system() {
        return System::nanoTime;
    }
}
