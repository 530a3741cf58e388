package io.polylog.node;

/** The data directory cannot be used; the message is one sentence that says why, and what to do. */
public final class DataDirectoryException extends RuntimeException {

    DataDirectoryException(String message) {
        super(message);
    }
}
