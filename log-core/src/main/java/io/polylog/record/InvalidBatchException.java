package io.polylog.record;

import java.util.List;

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
        INVALID_RECORD,
        /** A record whose timestamp the topic does not accept. */
        INVALID_TIMESTAMP
    }

    /** Most faults that are told of one batch. */
    static final int MAX_FAULTS = 1000;

    private final Reason reason;
    private final transient List<RecordFault> faults;

    public InvalidBatchException(Reason reason, String message) {
        this(reason, message, List.of());
    }

    /**
     * @param faults what is wrong with single records; at most {@link #MAX_FAULTS}
     */
    InvalidBatchException(Reason reason, String message, List<RecordFault> faults) {
        super(message, null, false, false);
        this.reason = reason;
        this.faults = List.copyOf(faults);
    }

    /** The records that are at fault, in order; empty if it is the batch as a whole. */
    public List<RecordFault> faults() {
        return faults;
    }

    public Reason reason() {
        return reason;
    }
}
