package io.polylog.server;

/** The gateway cannot start; the message is one sentence that says why, and what to do. */
final class StartFailedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;

    StartFailedException(ExitCode exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    StartFailedException(ExitCode exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    ExitCode exitCode() {
        return exitCode;
    }
}
