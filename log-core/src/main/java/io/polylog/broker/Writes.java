package io.polylog.broker;

/** Whether the log takes writes. Reads do not depend on it. */
public enum Writes {
    ACCEPTED,
    /** What would grow the log is refused with {@link Refusal#DISK_FULL}, until there is room again. */
    DISK_FULL,
    /** All is refused with {@link Refusal#STORAGE_FAILED}, until the process is started again. */
    STORAGE_FAILED
}
