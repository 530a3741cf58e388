package io.polylog.testkit;

import io.polylog.disk.Disk;
import io.polylog.disk.DiskFile;
import io.polylog.testkit.Faults.Operation;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Real files that can lose power. All goes through to the directory below; beside it the disk remembers what was not
 * forced, so that {@link #crash} can take it back as a power failure may: of the unforced writes to a file any subset
 * survives, each perhaps torn at a byte; of unforced names (files made, renamed, deleted) the first few do, since file
 * systems keep those in order.
 *
 * <p>It can be told to fail what it is asked for, to be slow, or to run out of space. Any thread; calls wait for one another. Only one
 * process, and only through this object, may change what lies below {@code root}.
 */
public final class FaultyDisk implements Disk {

    private final Disk real = Disk.system();
    private final Path root;
    private final Faults faults = new Faults();
    // In name order, so that one seed means one outcome.
    private final Map<Path, UnforcedContent> contents = new TreeMap<>();
    private final Set<FaultyFile> open = new HashSet<>();
    private final UnforcedNames names;

    /**
     * @param root directory that exists; all files lie below it. What it holds already counts as forced.
     */
    public FaultyDisk(Path root) throws IOException {
        this.root = root;
        this.names = new UnforcedNames(real, root.resolve(".deleted"), contents);
    }

    // ---- faults -------------------------------------------------------------------------------------------------

    /** Lets the n-th write from now fail after an unknown part of its bytes; 1 is the next. */
    public synchronized void failWrite(int n) {
        faults.fail(Operation.WRITE, n);
    }

    /** Lets the n-th force from now, of a file or a directory, fail without forcing; 1 is the next. */
    public synchronized void failForce(int n) {
        faults.fail(Operation.FORCE, n);
    }

    /** Lets every force of these files and directories fail from now on, without forcing; those of none end it. */
    public synchronized void failForces(Predicate<Path> which) {
        faults.failForces(which);
    }

    /** Lets the n-th opening of a file from now fail; 1 is the next. */
    public synchronized void failOpen(int n) {
        faults.fail(Operation.OPEN, n);
    }

    /** Lets the n-th truncation from now fail without an effect; 1 is the next. */
    public synchronized void failTruncate(int n) {
        faults.fail(Operation.TRUNCATE, n);
    }

    /** Lets the n-th rename from now fail without an effect; 1 is the next. */
    public synchronized void failRename(int n) {
        faults.fail(Operation.RENAME, n);
    }

    /** Lets every read of these files fail from now on; those of none end it. */
    public synchronized void failReads(Predicate<Path> which) {
        faults.failReads(which);
    }

    /** Lets forces of these files and directories wait until {@link #releaseForces}: a disk that is slow, or stuck. */
    public synchronized void holdForces(Predicate<Path> which) {
        faults.holdForces(which);
    }

    public synchronized void releaseForces() {
        faults.holdForces(path -> false);
        notifyAll();
    }

    /** The caller holds the monitor, and lets go of it while it waits. */
    void awaitRelease(Path path) throws IOException {
        try {
            while (faults.holds(path)) {
                wait();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the disk was held");
        }
    }

    /** Lets the disk be full once files have grown by so many bytes; cutting and deleting gives bytes back. */
    public synchronized void limitSpace(long bytes) {
        faults.limitSpace(bytes);
    }

    /** Ends {@link #limitSpace}. */
    public synchronized void freeSpace() {
        faults.freeSpace();
    }

    /** Writes so far, failed ones included. */
    public synchronized long writes() {
        return faults.count(Operation.WRITE);
    }

    /** Forces so far of files and directories, failed ones included. */
    public synchronized long forces() {
        return faults.count(Operation.FORCE);
    }

    /**
     * Loses power and comes back: handles that were open throw from now on, and the files are as they might be found.
     * Planned faults are forgotten.
     */
    public synchronized void crash(Random random) throws IOException {
        for (FaultyFile file : List.copyOf(open)) {
            file.kill();
        }
        open.clear();
        faults.clear();
        names.loseSome(random);
        for (Map.Entry<Path, UnforcedContent> content : contents.entrySet()) {
            if (real.exists(content.getKey())) {
                content.getValue().loseSome(random, real, content.getKey());
            }
        }
        contents.clear();
    }

    // ---- disk ---------------------------------------------------------------------------------------------------

    @Override
    public synchronized DiskFile open(Path file) throws IOException {
        checkBelowRoot(file);
        faults.before(Operation.OPEN);
        boolean created = !real.exists(file);
        if (created) {
            faults.checkRoom(file);
        }
        DiskFile opened = real.open(file);
        if (created) {
            names.created(file);
        }
        FaultyFile handle = new FaultyFile(
                this, faults, file, opened, contents.computeIfAbsent(file, path -> new UnforcedContent()));
        open.add(handle);
        return handle;
    }

    synchronized void closed(FaultyFile file) {
        open.remove(file);
    }

    @Override
    public synchronized boolean exists(Path path) throws IOException {
        return real.exists(path);
    }

    @Override
    public synchronized List<Path> list(Path directory) throws IOException {
        List<Path> found = new ArrayList<>(real.list(directory));
        found.remove(names.deletedFiles());
        return List.copyOf(found);
    }

    @Override
    public synchronized void createDirectories(Path directory) throws IOException {
        checkBelowRoot(directory);
        if (!real.exists(directory)) {
            Path parent = directory.getParent();
            if (parent != null) {
                createDirectories(parent);
            }
            faults.checkRoom(directory);
            real.createDirectories(directory);
            names.created(directory);
        }
    }

    @Override
    public synchronized void rename(Path source, Path target) throws IOException {
        checkBelowRoot(source);
        checkBelowRoot(target);
        faults.before(Operation.RENAME);
        faults.checkRoom(target);
        names.rename(source, target);
    }

    @Override
    public synchronized void delete(Path path) throws IOException {
        checkBelowRoot(path);
        if (real.exists(path)) {
            faults.giveBack(sizeOf(path));
            names.delete(path);
        }
    }

    @Override
    public synchronized void forceDirectory(Path directory) throws IOException {
        checkBelowRoot(directory);
        awaitRelease(directory);
        faults.beforeForce(directory);
        names.force(directory);
    }

    @Override
    public synchronized Space space(Path path) {
        checkBelowRoot(path);
        return faults.space();
    }

    private static long sizeOf(Path path) throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private void checkBelowRoot(Path path) {
        if (!path.startsWith(root)) {
            throw new IllegalArgumentException(path + " does not lie below " + root);
        }
    }
}
