package io.polylog.testkit;

import java.io.IOException;

/**
 * Whether a disk has power, and when it will be cut. A step is whatever a crash can come just after: a write, a
 * truncation, a name made, changed or deleted; or just before: a force. Guarded by the disk's lock.
 */
final class Power {

    private static final long NEVER = Long.MAX_VALUE;

    private long steps;
    private long lastStep = NEVER;
    private boolean off;

    void cutAt(long step) {
        if (step < 1) {
            throw new IllegalArgumentException("step " + step);
        }
        lastStep = steps + step;
    }

    void cut() {
        off = true;
    }

    void restore() {
        off = false;
        lastStep = NEVER;
    }

    boolean isOff() {
        return off;
    }

    long steps() {
        return steps;
    }

    void check() throws IOException {
        if (off) {
            throw lost();
        }
    }

    /** Counts a step; true if the power goes with it. */
    boolean endsWithThisStep() {
        steps++;
        return steps >= lastStep;
    }

    static IOException lost() {
        return new IOException("the disk has lost power");
    }
}
