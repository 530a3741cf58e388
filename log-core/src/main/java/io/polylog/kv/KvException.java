package io.polylog.kv;

/** The store could not do what it was asked to: I/O error, damage, or a directory of another format. */
public final class KvException extends RuntimeException {

    public KvException(String message, Throwable cause) {
        super(message, cause);
    }
}
