package io.polylog.txn;

/** How far a transaction has come, as Kafka names and numbers it; the numbers are part of the data format. */
public enum Phase {
    EMPTY(0, "Empty"),
    ONGOING(1, "Ongoing"),
    /** It is decided; not all partitions have their marker yet. */
    PREPARE_COMMIT(2, "PrepareCommit"),
    PREPARE_ABORT(3, "PrepareAbort"),
    COMPLETE_COMMIT(4, "CompleteCommit"),
    COMPLETE_ABORT(5, "CompleteAbort");

    private final int code;
    private final String title;

    Phase(int code, String title) {
        this.code = code;
        this.title = title;
    }

    /** The phase of a {@link #code}. */
    public static Phase of(int code) {
        for (Phase phase : values()) {
            if (phase.code == code) {
                return phase;
            }
        }
        throw new IllegalArgumentException("no phase has the code " + code);
    }

    public int code() {
        return code;
    }

    /** Kafka's name of it, as its tools show it. */
    public String title() {
        return title;
    }

    /** Whether markers are still to be written. */
    public boolean isEnding() {
        return this == PREPARE_COMMIT || this == PREPARE_ABORT;
    }
}
