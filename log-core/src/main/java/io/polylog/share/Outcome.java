package io.polylog.share;

/** How a member settles a record. */
public enum Outcome {
    /** Done: never delivered to this group again. Durable before the stage completes. */
    ACCEPT,
    /** Given back unharmed; available to any member at once. */
    RELEASE,
    /**
     * Given back after a failed delivery: counted, and a dead letter if that was one too many. Durable before the stage
     * completes.
     */
    FAIL,
    /** As {@link #RELEASE}, but never for this member again; a dead letter if the group has no other. */
    RELEASE_ELSEWHERE,
    /** As {@link #FAIL}, but never for this member again; a dead letter if the group has no other. */
    FAIL_ELSEWHERE,
    /**
     * Cannot be processed: never delivered to this group again. It becomes a dead letter, in the same step that takes it out
     * of the group; durable before the stage completes.
     */
    REJECT
}
