package io.polylog.testkit;

import io.polylog.disk.Disk;
import io.polylog.disk.DiskFile;
import io.polylog.disk.TooManyOpenFilesException;
import io.polylog.testkit.Faults.Operation;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Real files that can lose power. All goes through to the directory below; beside it the disk remembers what was not
 * forced, so that a power failure can take it back. Allowed is whatever the contract of {@link Disk} does not exclude:
 *
 * <ul>
 *   <li>of the unforced writes and truncations of a file any subset survives, each perhaps torn at a byte, or with some
 *       of its sectors only; a file may have grown by bytes that did not arrive, which are then zeros;
 *   <li>files lose independently of each other;
 *   <li>of the unforced changes to a name (made, renamed, deleted) the first few survive, independently of other
 *       names; to force a file does not force its name;
 *   <li>what a failed force was to make durable stays in doubt, whatever a later one says;
 *   <li>what others, such as a key-value store, make past this disk directly in a directory that was made through it
 *       goes like any unforced name, whole or in part; what they do deeper inside is believed to be forced.
 * </ul>
 *
 * <p>The power can be cut at any step, a step being a write, a truncation, a name made, changed or deleted, or a force.
 * From then on every call fails, as if the process were dead, until {@link #restorePower}. The disk can also be told to
 * fail what it is asked for, to be slow, to run out of space, or to ignore the forces of one place in the code, which is how a test
 * shows that it would notice if that force were missing.
 *
 * <p>Any thread; calls wait for one another. Only one process, and but for the exception above only through this
 * object, may change what lies below {@code root}.
 */
public final class FaultyDisk implements Disk {

    private final Disk real = Disk.system();
    private final Path root;
    private final Faults faults = new Faults();
    private final Power power = new Power();
    private final PathTree<UnforcedContent> contents = new PathTree<>();
    private final Set<FaultyFile> open = new HashSet<>();
    private final Map<Path, Long> bytesRead = new ConcurrentHashMap<>();
    private final SortedMap<ForceSite, List<Long>> forceSites = new TreeMap<>();
    private final Set<ForceSite> ignoredSites = new HashSet<>();
    private final NativeNames natives;
    private final UnforcedNames names;
    private int mostOpen = Integer.MAX_VALUE;
    /** 0 for no such plan. */
    private int stepsAfterIgnored;

    /**
     * @param root directory that exists; all files lie below it. What it holds already counts as forced.
     */
    public FaultyDisk(Path root) throws IOException {
        this.root = root;
        Path deletedFiles = root.resolve(".deleted");
        this.natives = new NativeNames(real, root, deletedFiles);
        this.names = new UnforcedNames(real, deletedFiles, contents, natives);
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

    /** Lets so many files be open at a time, as a process may have no more. */
    public synchronized void limitOpenFiles(int most) {
        mostOpen = most;
    }

    /** Files that are open now. */
    public synchronized int openFiles() {
        return open.size();
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

    /** Bytes read so far from a file, by whatever was opened under that name, but for transfers. */
    public long bytesRead(Path file) {
        return bytesRead.getOrDefault(file, 0L);
    }

    void read(Path file, int bytes) {
        bytesRead.merge(file, (long) bytes, Long::sum);
    }

    /** Every place that has forced something so far, whether or not it is ignored, and at which {@link #steps}. */
    public synchronized SortedMap<ForceSite, List<Long>> forceSites() {
        SortedMap<ForceSite, List<Long>> copy = new TreeMap<>();
        forceSites.forEach((site, steps) -> copy.put(site, List.copyOf(steps)));
        return copy;
    }

    /** From now on forces at that place do nothing, and say that they succeeded. */
    public synchronized void ignoreForces(ForceSite site) {
        ignoredSites.add(site);
    }

    /** Lets the power fail at the n-th step after the next force that is ignored; 1 is the first after it. */
    public synchronized void cutPowerAfterIgnoredForce(int n) {
        stepsAfterIgnored = n;
    }

    // ---- power --------------------------------------------------------------------------------------------------

    /** Steps so far. */
    public synchronized long steps() {
        return power.steps();
    }

    /** Lets the power fail at the n-th step from now; 1 is the next. */
    public synchronized void cutPowerAt(long n) {
        power.cutAt(n);
    }

    /** Lets the power fail now: handles that are open are dead for ever, and every call fails. */
    public synchronized void cutPower() throws IOException {
        power.cut();
        for (FaultyFile file : List.copyOf(open)) {
            file.kill();
        }
        open.clear();
    }

    public synchronized boolean hasPower() {
        return !power.isOff();
    }

    /** Comes back after the power was cut, with the files as they might be found. Planned faults are forgotten. */
    public synchronized void restorePower(Random random) throws IOException {
        if (!power.isOff()) {
            throw new IllegalStateException("the power was not cut");
        }
        faults.clear();
        stepsAfterIgnored = 0;
        names.loseSome(random);
        for (Map.Entry<Path, UnforcedContent> content : contents.values().entrySet()) {
            if (real.exists(content.getKey())) {
                content.getValue().loseSome(random, real, content.getKey());
            }
        }
        contents.values().clear();
        natives.loseSome(random);
        natives.allDurable();
        power.restore();
    }

    /** Loses power and comes back: {@link #cutPower}, then {@link #restorePower}. */
    public synchronized void crash(Random random) throws IOException {
        cutPower();
        restorePower(random);
    }

    /** After a change that a crash may still take back. */
    synchronized void stepDone() throws IOException {
        if (power.endsWithThisStep()) {
            cutPower();
            throw Power.lost();
        }
    }

    /** Before a force; answers whether it shall have an effect. */
    synchronized boolean beforeForce(Path path, boolean directory) throws IOException {
        power.check();
        ForceSite site = ForceSite.caller(directory);
        forceSites.computeIfAbsent(site, first -> new ArrayList<>()).add(power.steps() + 1);
        faults.beforeForce(path);
        stepDone();
        boolean ignored = ignoredSites.contains(site);
        if (ignored && stepsAfterIgnored > 0) {
            power.cutAt(stepsAfterIgnored);
            stepsAfterIgnored = 0;
        }
        return !ignored;
    }

    // ---- disk ---------------------------------------------------------------------------------------------------

    @Override
    public synchronized DiskFile open(Path file) throws IOException {
        checkUsable(file);
        faults.before(Operation.OPEN);
        if (open.size() >= mostOpen) {
            throw new TooManyOpenFilesException(file, new IOException("the limit is " + mostOpen));
        }
        boolean created = !real.exists(file);
        if (created) {
            faults.checkRoom(file);
        }
        DiskFile opened = real.open(file);
        FaultyFile handle = new FaultyFile(
                this, faults, file, opened, contents.values().computeIfAbsent(file, path -> new UnforcedContent()));
        open.add(handle);
        if (created) {
            names.created(file);
            stepDone();
        }
        return handle;
    }

    @Override
    public synchronized DiskFile openExisting(Path file) throws IOException {
        checkUsable(file);
        if (!real.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        return open(file);
    }

    @Override
    public synchronized Object identity(Path file) throws IOException {
        checkUsable(file);
        return real.identity(file);
    }

    synchronized void closed(FaultyFile file) {
        open.remove(file);
    }

    @Override
    public synchronized boolean exists(Path path) throws IOException {
        power.check();
        return real.exists(path);
    }

    @Override
    public synchronized List<Path> list(Path directory) throws IOException {
        power.check();
        List<Path> found = new ArrayList<>(real.list(directory));
        found.remove(names.deletedFiles());
        return List.copyOf(found);
    }

    @Override
    public synchronized void createDirectories(Path directory) throws IOException {
        checkUsable(directory);
        if (!real.exists(directory)) {
            Path parent = directory.getParent();
            if (parent != null) {
                createDirectories(parent);
            }
            faults.checkRoom(directory);
            real.createDirectories(directory);
            names.created(directory);
            natives.directoryMade(directory);
            stepDone();
        }
    }

    @Override
    public synchronized void rename(Path source, Path target) throws IOException {
        checkUsable(source);
        checkUsable(target);
        faults.before(Operation.RENAME);
        faults.checkRoom(target);
        names.rename(source, target);
        stepDone();
    }

    @Override
    public synchronized void delete(Path path) throws IOException {
        checkUsable(path);
        if (real.exists(path)) {
            faults.giveBack(sizeOf(path));
            names.delete(path);
            stepDone();
        }
    }

    @Override
    public synchronized void forceDirectory(Path directory) throws IOException {
        checkUsable(directory);
        awaitRelease(directory);
        if (beforeForce(directory, true)) {
            names.force(directory);
        }
    }

    @Override
    public synchronized Space space(Path path) throws IOException {
        checkUsable(path);
        return faults.space();
    }

    private static long sizeOf(Path path) throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private void checkUsable(Path path) throws IOException {
        power.check();
        if (!path.startsWith(root)) {
            throw new IllegalArgumentException(path + " does not lie below " + root);
        }
    }
}
