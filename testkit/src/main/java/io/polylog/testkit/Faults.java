package io.polylog.testkit;

import io.polylog.disk.Disk;
import io.polylog.disk.NoSpaceException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Predicate;

/** Counts what is done on a disk, and knows what shall fail or wait, and how much room there is. Guarded by the disk. */
final class Faults {

    /** What can be counted, and be told to fail once. */
    enum Operation {
        OPEN,
        WRITE,
        FORCE,
        TRUNCATE,
        RENAME
    }

    private static final long NEVER = Long.MAX_VALUE;

    /** As a disk that nobody limited tells it. */
    private static final long PLENTY = 1L << 40;

    private final Map<Operation, Long> counts = new EnumMap<>(Operation.class);
    private final Map<Operation, Long> failing = new EnumMap<>(Operation.class);
    private Predicate<Path> unreadable = path -> false;
    private Predicate<Path> unforceable = path -> false;
    private Predicate<Path> held = path -> false;
    private long bytesLeft = NEVER;

    void fail(Operation operation, int n) {
        failing.put(operation, count(operation) + n);
    }

    void failReads(Predicate<Path> which) {
        unreadable = which;
    }

    void failForces(Predicate<Path> which) {
        unforceable = which;
    }

    void holdForces(Predicate<Path> which) {
        held = which;
    }

    boolean holds(Path path) {
        return held.test(path);
    }

    void limitSpace(long bytes) {
        bytesLeft = bytes;
    }

    void freeSpace() {
        bytesLeft = NEVER;
    }

    void clear() {
        failing.clear();
        bytesLeft = NEVER;
        unreadable = path -> false;
        unforceable = path -> false;
        held = path -> false;
    }

    long count(Operation operation) {
        return counts.getOrDefault(operation, 0L);
    }

    Disk.Space space() {
        return new Disk.Space(Math.min(bytesLeft, PLENTY), PLENTY);
    }

    /** Counts the operation, and throws if it is the one to fail. */
    void before(Operation operation) throws IOException {
        if (count(operation, 1)) {
            throw inputOutputError();
        }
    }

    /** Counts a write, and answers whether it is the one to fail. */
    boolean failsWrite() {
        return count(Operation.WRITE, 1);
    }

    private boolean count(Operation operation, long by) {
        long now = counts.merge(operation, by, Long::sum);
        return now == failing.getOrDefault(operation, NEVER);
    }

    /** Whatever makes a new name needs a little room. */
    void checkRoom(Path path) throws IOException {
        if (bytesLeft == 0) {
            throw noSpace(path);
        }
    }

    void beforeForce(Path path) throws IOException {
        before(Operation.FORCE);
        if (unforceable.test(path)) {
            throw inputOutputError();
        }
    }

    void checkReadable(Path path) throws IOException {
        if (unreadable.test(path)) {
            throw inputOutputError();
        }
    }

    /** Takes room for a file that grows by so many bytes; answers how many there are. */
    long take(long bytes) {
        long taken = Math.min(bytes, bytesLeft);
        if (bytesLeft != NEVER) {
            bytesLeft -= taken;
        }
        return taken;
    }

    void giveBack(long bytes) {
        if (bytesLeft != NEVER) {
            bytesLeft += bytes;
        }
    }

    static IOException inputOutputError() {
        return new IOException("Input/output error");
    }

    static IOException noSpace(Path path) {
        return new NoSpaceException(path, new IOException("No space left on device"));
    }
}
