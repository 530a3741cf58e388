package io.polylog.engine;

/** Hears of failures that only a new start can mend. Called on an engine thread; must not block. */
@FunctionalInterface
public interface FailureListener {

    /**
     * Durable state can no longer be trusted. The process must stop: what is in memory may be ahead of, or behind, what is
     * on disk.
     */
    void failed(String what, Throwable cause);

    /**
     * The journal cannot be written any more, so nothing is accepted any more. What was applied is durable and may still
     * be read.
     */
    default void journalFailed(Throwable cause) {
        failed("the journal failed", cause);
    }
}
