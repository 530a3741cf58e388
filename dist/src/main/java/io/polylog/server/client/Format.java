package io.polylog.server.client;

/** How a command writes what it has to say. */
public enum Format {
    /** For people. */
    TEXT,
    /** For programs: one document a line. */
    JSON
}
