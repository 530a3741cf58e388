package io.polylog.spi;

import io.polylog.broker.Writes;
import java.util.function.Supplier;

/**
 * Whether the gateway takes work: starting at first, ready once every listener is up, stopping for good after that. Any
 * thread; written by whoever starts and stops the gateway, read by adapters.
 */
public final class Readiness {

    /** The life of a gateway, in order. */
    public enum State {
        STARTING,
        READY,
        STOPPING
    }

    private volatile State state = State.STARTING;
    private volatile Supplier<Writes> writes = () -> Writes.ACCEPTED;

    public State state() {
        return state;
    }

    /** Whether the log takes writes at this moment; reads do not depend on it. */
    public Writes writes() {
        return writes.get();
    }

    /** Answers {@link #writes} by asking the log; {@code log} must be cheap and thread-safe. */
    public void follow(Supplier<Writes> log) {
        writes = log;
    }

    /** Every listener is up. Without effect once the gateway is stopping. */
    public synchronized void ready() {
        if (state == State.STARTING) {
            state = State.READY;
        }
    }

    /** The gateway is about to stop. */
    public synchronized void stopping() {
        state = State.STOPPING;
    }
}
