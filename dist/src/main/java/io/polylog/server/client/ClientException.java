package io.polylog.server.client;

/** What was asked cannot be had; the message is one sentence for the user. */
public final class ClientException extends Exception {

    private static final long serialVersionUID = 1L;

    ClientException(String message) {
        super(message);
    }

    ClientException(String message, Throwable cause) {
        super(message, cause);
    }
}
