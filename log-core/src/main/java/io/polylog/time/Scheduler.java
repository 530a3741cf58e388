package io.polylog.time;

/**
 * Runs things later. A task runs on the scheduler's own thread, which all share: it hands over to the owner of what it is
 * about and returns at once. Any thread may schedule. After {@link #close} nothing runs any more.
 */
public interface Scheduler extends AutoCloseable {

    /**
     * Runs {@code task} once.
     *
     * @param delayMs milliseconds from now, from 0; a task is late by scheduling delays, never early
     */
    Timeout after(long delayMs, Runnable task);

    @Override
    void close();

    /** A task that has been scheduled. */
    @FunctionalInterface
    interface Timeout {
        /** Keeps the task from running, unless it has begun. May be called more than once; any thread. */
        void cancel();
    }

    /** One daemon thread on the monotonic clock of the operating system, begun by the first task. */
    static Scheduler system() {
        return new SystemScheduler();
    }
}
