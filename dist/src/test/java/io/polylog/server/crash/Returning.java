package io.polylog.server.crash;

import org.jspecify.annotations.Nullable;

/** A client with one thread of its own, which connects again each time the gateway is up. */
abstract class Returning implements Workload {

    private final Target target;
    private final String name;
    private @Nullable Thread thread;
    private volatile boolean stopped;

    Returning(Target target, String name) {
        this.target = target;
        this.name = name;
    }

    /** Works over one connection until that breaks, or until {@link #isStopped}. */
    abstract void connect();

    Target target() {
        return target;
    }

    boolean isStopped() {
        return stopped;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final void start() {
        Thread begun = new Thread(this::run, name);
        thread = begun;
        begun.start();
    }

    private void run() {
        try {
            while (!stopped && target.awaitUp()) {
                connect();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets it end by itself. */
    void leave() {
        stopped = true;
    }

    /** Lets it end by itself, and waits for that. */
    void finish() throws InterruptedException {
        leave();
        if (thread != null) {
            thread.join();
        }
    }

    @Override
    public void stop() {
        leave();
        if (thread != null) {
            thread.interrupt();
        }
    }
}
