package io.polylog.server.demo;

/** A step of the demonstration did not do what it should; the message says what was expected. */
final class StepFailedException extends Exception {

    private static final long serialVersionUID = 1L;

    StepFailedException(String message) {
        super(message);
    }

    StepFailedException(String message, Throwable cause) {
        super(message + ": " + cause, cause);
    }
}
