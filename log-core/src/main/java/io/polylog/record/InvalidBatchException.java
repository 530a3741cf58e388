package io.polylog.record;

/** A record batch that breaks the format, or one of its limits; carries no stack trace, for it is an expected fault. */
public final class InvalidBatchException extends RuntimeException {

    /** What is wrong, in the terms that protocols have an error for. */
    public enum Reason {
        /** Truncated, wrong CRC, wrong lengths, wrong counts. */
        CORRUPT,
        /** A format older than RecordBatch v2. */
        UNSUPPORTED_FORMAT,
        /** More bytes than the topic allows, compressed or not. */
        TOO_LARGE,
        /** Well-formed bytes that a client may not send, such as a control batch. */
        INVALID_RECORD
    }

    private final Reason reason;

    public InvalidBatchException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
