package io.polylog.engine;

/**
 * Hears that durable state can no longer be trusted. The process must stop: what is in memory may be ahead of, or behind,
 * what is on disk. Called on an engine thread; must not block.
 */
@FunctionalInterface
public interface FailureListener {

    void failed(String what, Throwable cause);
}
