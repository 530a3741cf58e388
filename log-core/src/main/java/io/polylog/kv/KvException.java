package io.polylog.kv;

/** The store could not do what it was asked to: I/O error, damage, or a directory of another format. */
public final class KvException extends RuntimeException {

    private final boolean noSpace;

    public KvException(String message, Throwable cause) {
        this(message, cause, false);
    }

    /**
     * @param noSpace whether the disk is full, so that the same call can succeed once there is room
     */
    public KvException(String message, Throwable cause, boolean noSpace) {
        super(message, cause);
        this.noSpace = noSpace;
    }

    /** Whether the disk is full: nothing was changed, and the same call can succeed once there is room. */
    public boolean noSpace() {
        return noSpace;
    }
}
