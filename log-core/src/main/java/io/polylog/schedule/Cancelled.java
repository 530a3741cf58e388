package io.polylog.schedule;

/** The answer to a cancel. */
public enum Cancelled {
    /** It waits no more, and will never come; also if that was asked for before, within a day. */
    CANCELLED,
    /** It has entered its topic, within the last day. */
    TOO_LATE,
    /** Nothing of that id waits or has waited within the last day. */
    NOT_FOUND
}
