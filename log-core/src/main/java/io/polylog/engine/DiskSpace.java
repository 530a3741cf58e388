package io.polylog.engine;

import io.polylog.disk.Disk;
import io.polylog.metric.Meters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the room on the data directory's disk, and refuses what would use it up, so that apply, flushes and checkpoints
 * always have some. Recovers by itself: a thread of its own looks five times a second, since looking may wait for the device.
 *
 * <p>What was accepted since the last look, or is not applied yet, counts as used twice, once in the journal and once
 * where it will be applied. So no burst between two looks gets past the reserve.
 *
 * <p>Any thread. {@link #close} also ends every {@link #awaitRoom}.
 */
final class DiskSpace implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DiskSpace.class);

    private static final long LOOK_INTERVAL_MS = 200;

    /** After the disk refused a write although it claims to have room (a quota), so many looks pass before another try. */
    private static final int LOOKS_BEFORE_NEXT_TRY = 5;

    /** So many looks must have found room before that is news. */
    private static final int LOOKS_UNTIL_CALM = 10;

    /** A small disk is not kept empty: the reserve is at most this part of it. */
    private static final int MAX_RESERVE_PART = 10;

    /** Part of the reserve that settlements leave; also how much more than the reserve must be free to accept again. */
    private static final int LAST_PART = 4;

    private static final int COPIES = 2;

    private final Disk disk;
    private final Path directory;
    private final long reserveBytes;
    private final Thread thread = new Thread(this::watch, "polylog-disk-space");
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by the lock.
    private long usable = Long.MAX_VALUE;
    private long reserve;
    private long pendingBytes;
    private long pendingAtLook;
    private long acceptedSinceLook;
    private boolean full;
    private int looksBeforeNextTry;
    private boolean toldFull;
    private int calmLooks;
    private boolean watching;
    private boolean closed;

    /**
     * @param reserveBytes room to keep free, from 0, which lets the disk run full; less on a disk that is small
     */
    DiskSpace(Disk disk, Path directory, long reserveBytes, Meters meters) throws IOException {
        this.disk = disk;
        this.directory = directory;
        this.reserveBytes = reserveBytes;
        thread.setDaemon(true);
        look();
        meters.gauge("polylog_disk_usable_bytes", this::usable);
        meters.gauge("polylog_disk_full", () -> isFull() ? 1 : 0);
    }

    /** Begins to watch, and to let {@link #awaitRoom} wait. Until then whoever meets a full disk fails. */
    void start() {
        lock.lock();
        try {
            watching = true;
        } finally {
            lock.unlock();
        }
        thread.start();
    }

    private void watch() {
        while (pause()) {
            try {
                look();
            } catch (IOException failure) { // the disk's trouble shows where it is used
                log.atDebug().setCause(failure).log("cannot ask for the room on the disk");
            }
        }
    }

    /** Waits until it is time to look again; answers false once closed. */
    private boolean pause() {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(LOOK_INTERVAL_MS);
            while (left > 0 && !closed) {
                left = changed.awaitNanos(left);
            }
            return !closed;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void look() throws IOException {
        long pendingBefore = pendingBytes();
        Disk.Space space = disk.space(directory);
        lock.lock();
        try {
            usable = space.usable();
            reserve = Math.min(reserveBytes, space.total() / MAX_RESERVE_PART);
            pendingAtLook = pendingBefore;
            acceptedSinceLook = 0;
            looksBeforeNextTry = Math.max(0, looksBeforeNextTry - 1);
            if (usable < reserve) {
                becomeFull();
            } else if (full && usable >= reserve + reserve / LAST_PART && looksBeforeNextTry == 0) {
                full = false;
            }
            tellWhenCalm();
        } finally {
            lock.unlock();
        }
    }

    private void tellWhenCalm() {
        calmLooks = full ? 0 : calmLooks + 1;
        if (toldFull && calmLooks == LOOKS_UNTIL_CALM) {
            toldFull = false;
            log.atInfo().addKeyValue("usableBytes", usable).log("the disk has room again: writes are accepted");
        }
    }

    private void becomeFull() {
        full = true;
        if (!toldFull) {
            toldFull = true;
            log.atError()
                    .addKeyValue("directory", directory)
                    .addKeyValue("usableBytes", usable)
                    .addKeyValue("reserveBytes", reserve)
                    .log("the disk is full: writes are refused until there is room; reads go on");
        }
    }

    /** Whether a command may be proposed. */
    boolean admits(Growth growth) {
        lock.lock();
        try {
            long left = usable - COPIES * (pendingAtLook + acceptedSinceLook);
            return switch (growth) {
                case MUCH -> !full && left >= reserve;
                case LITTLE -> left >= reserve / LAST_PART;
                case NONE -> true;
            };
        } finally {
            lock.unlock();
        }
    }

    /** So many bytes were taken on; they count until {@link #done}. */
    void accepted(long bytes) {
        lock.lock();
        try {
            pendingBytes += bytes;
            acceptedSinceLook += bytes;
        } finally {
            lock.unlock();
        }
    }

    /** So many bytes were applied, or refused after all. */
    void done(long bytes) {
        lock.lock();
        try {
            pendingBytes -= bytes;
        } finally {
            lock.unlock();
        }
    }

    private long pendingBytes() {
        lock.lock();
        try {
            return pendingBytes;
        } finally {
            lock.unlock();
        }
    }

    /** The disk itself refused a write. */
    void ranOut() {
        lock.lock();
        try {
            looksBeforeNextTry = usable >= reserve ? LOOKS_BEFORE_NEXT_TRY : 1;
            becomeFull();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for the next look at the disk, after which it is worth trying again.
     *
     * @return false if there is nothing to wait for: not started yet, or closed
     */
    boolean awaitRoom() {
        ranOut();
        return isWatching() && pause();
    }

    private boolean isWatching() {
        lock.lock();
        try {
            return watching;
        } finally {
            lock.unlock();
        }
    }

    boolean isFull() {
        lock.lock();
        try {
            return full;
        } finally {
            lock.unlock();
        }
    }

    private long usable() {
        lock.lock();
        try {
            return usable;
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
