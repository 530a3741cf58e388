package io.polylog.share;

/** How a member settles a record. */
public enum Outcome {
    /** Done: never delivered to this group again. Durable before the stage completes. */
    ACCEPT,
    /** Given back unharmed; available to any member at once. */
    RELEASE,
    /** Given back after a failed delivery: counted. Durable before the stage completes. */
    FAIL,
    /**
     * Cannot be processed: never delivered to this group again. Durable before the stage completes. The record stays in
     * the log, where any other reader finds it; it is counted as {@code polylog_share_rejected_total}, logged, and not
     * copied anywhere.
     */
    REJECT
}
