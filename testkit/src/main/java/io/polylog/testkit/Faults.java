package io.polylog.testkit;

import java.io.IOException;

/** Counts a disk's writes and forces, and knows which shall fail. Guarded by the disk's lock. */
final class Faults {

    private static final long NEVER = Long.MAX_VALUE;

    private long writes;
    private long forces;
    private long failingWrite = NEVER;
    private long failingForce = NEVER;
    private long bytesLeft = NEVER;

    void failWrite(int n) {
        failingWrite = writes + n;
    }

    void failForce(int n) {
        failingForce = forces + n;
    }

    void limitSpace(long bytes) {
        bytesLeft = bytes;
    }

    void clear() {
        failingWrite = NEVER;
        failingForce = NEVER;
        bytesLeft = NEVER;
    }

    long writes() {
        return writes;
    }

    long forces() {
        return forces;
    }

    /** How many of {@code wanted} bytes may be written; if fewer, the write fails after them. */
    int allowed(int wanted) {
        writes++;
        if (writes == failingWrite) {
            return wanted / 2;
        }
        int allowed = (int) Math.min(wanted, bytesLeft);
        if (bytesLeft != NEVER) {
            bytesLeft -= allowed;
        }
        return allowed;
    }

    /** Whether the write that was asked about last is the one to fail, even if it has no bytes. */
    boolean failsThisWrite() {
        return writes == failingWrite;
    }

    IOException writeFailure() {
        return new IOException(failsThisWrite() ? "Input/output error" : "No space left on device");
    }

    void beforeForce() throws IOException {
        forces++;
        if (forces == failingForce) {
            throw new IOException("Input/output error");
        }
    }
}
