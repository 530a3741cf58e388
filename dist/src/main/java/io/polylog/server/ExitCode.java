package io.polylog.server;

/** What the process says to whoever started it. Stopped by a signal, the JVM ends with 128 plus the signal's number. */
enum ExitCode {
    OK(0),
    /** Something failed that no setting would have prevented; the log says what. */
    FAILED(1),
    /** The command line was not understood. */
    USAGE(2),
    /** The configuration has faults; each is on standard error. */
    CONFIGURATION(3),
    /** The data directory cannot be used. */
    DATA_DIRECTORY(4),
    /** A listener could not be bound. */
    PORT(5),
    /** What the log holds could not be trusted any more, or not be added to if so configured: it ended at once. */
    LOG_FAILURE(6);
    // 7: the launcher found no suitable Java.

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
