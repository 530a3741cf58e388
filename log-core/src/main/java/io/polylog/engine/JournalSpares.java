package io.polylog.engine;

import io.polylog.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Files that the journal needs no more, kept to be written over. What has its place on the disk is forced by the bytes alone,
 * where a file that grows takes the file system's own journal with it: the force is done in about half the time. They are named
 * {@code <number>.journal.spare}.
 *
 * <p>{@link #keep} is for the checkpoint thread, {@link #take} for the journal thread.
 */
final class JournalSpares {

    private static final String SUFFIX = ".spare";

    private final Disk disk;
    private final int most;
    private final BooleanSupplier diskFull;
    private final Queue<Path> files = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();

    /**
     * @param most files to keep, from 0
     * @param diskFull whether room is needed more than speed
     */
    JournalSpares(Disk disk, int most, BooleanSupplier diskFull) {
        this.disk = disk;
        this.most = most;
        this.diskFull = diskFull;
    }

    /** Takes up what an earlier process left in the journal's directory. All that they hold must be older than the journal. */
    void adopt(Path directory) throws IOException {
        for (Path file : disk.list(directory)) {
            if (String.valueOf(file.getFileName()).endsWith(SUFFIX)) {
                add(file);
            }
        }
    }

    /** The journal lets go of a file. */
    void keep(Path file) throws IOException {
        if (diskFull.getAsBoolean()) {
            drop();
            disk.delete(file);
        } else if (count.get() < most) {
            Path spare = file.resolveSibling(file.getFileName() + SUFFIX);
            disk.rename(file, spare);
            add(spare);
        } else {
            disk.delete(file);
        }
    }

    private void add(Path spare) throws IOException {
        if (count.get() < most) {
            count.incrementAndGet();
            files.add(spare);
        } else {
            disk.delete(spare);
        }
    }

    private void drop() throws IOException {
        Path spare;
        while ((spare = files.poll()) != null) {
            count.decrementAndGet();
            disk.delete(spare);
        }
    }

    /** Gives a spare file that name, if there is one; what it holds is old, and the name is not forced. */
    void take(Path file) throws IOException {
        Path spare = files.poll();
        if (spare != null) {
            count.decrementAndGet();
            disk.rename(spare, file);
        }
    }
}
