package io.polylog.spi;

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

    public State state() {
        return state;
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
