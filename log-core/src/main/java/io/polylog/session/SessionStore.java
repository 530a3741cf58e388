package io.polylog.session;

import io.polylog.broker.Registration;
import io.polylog.record.TopicPartition;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * The durable sessions. Never blocks; a stage completes when its change is durable, on an apply or worker thread.
 *
 * <p>Stages fail with {@link io.polylog.broker.RefusedException}: {@code NOT_ATTACHED} when the session was taken over or
 * has ended, {@code OVERLOADED}, {@code STORAGE_FAILED}, {@code CLOSED}.
 */
public interface SessionStore {

    /** Expiry of a session that never ends by itself, in milliseconds. */
    long NEVER = Long.MAX_VALUE;

    /** Whether a session of that name is kept at this moment. Answers from memory. */
    boolean isKept(String name);

    /**
     * Attaches a client to its session, which is made if there is none. Whoever was attached is so no longer.
     *
     * @param fresh whether a session that is there ends, and a new one begins
     * @param expiryMs how long the session outlives its client's absence; 0 to end with it, or {@link #NEVER}
     */
    CompletionStage<Attachment> open(String name, boolean fresh, long expiryMs, Optional<Testament> testament);

    /**
     * Changes what the session keeps, in order and in one step.
     *
     * @param changes at most {@link SessionChange#MAX_CHANGES}
     */
    CompletionStage<Void> update(String name, UUID attachment, List<SessionChange> changes);

    /**
     * The client is gone.
     *
     * @param expiryMs from now on; 0 ends the session
     * @param testamentStands false if the client has taken its testament back
     * @param changes the last ones; at most {@link SessionChange#MAX_CHANGES}
     */
    CompletionStage<Void> detach(
            String name, UUID attachment, long expiryMs, boolean testamentStands, List<SessionChange> changes);

    /** Ends the session of that name, whoever holds it; nothing happens if there is none. */
    CompletionStage<Void> end(String name);

    /**
     * Hears of every testament that falls due, until closed. The first of several executors does the work; testaments that
     * fall due without one wait for it.
     */
    Registration executeTestaments(TestamentExecutor executor);

    /** Publishes testaments. Called on a thread that must not be kept. */
    @FunctionalInterface
    interface TestamentExecutor {
        /**
         * Publishes a testament, with its id as the record's {@link io.polylog.broker.Origin} and sequence 1: it may be asked to
         * more than once. The testament is forgotten when the stage completes, and due again a little later when it fails.
         *
         * @return where it went; empty if it cannot be published at all
         */
        CompletionStage<Optional<TopicPartition>> execute(String name, Testament testament);
    }
}
