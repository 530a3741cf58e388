package io.polylog.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.polylog.broker.LogDirectory;
import io.polylog.disk.Disk;
import io.polylog.disk.DiskFile;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The directory that everything is kept in: locked against a second gateway, and marked with what must not change.
 *
 * <p>File {@code polylog.properties}: {@code format}, {@code cluster.id}, {@code data.groups}.
 */
final class DataDirectory implements AutoCloseable {

    private static final String FORMAT = "3";
    private static final String MARK = "polylog.properties";

    private final Path path;
    private final UUID clusterId;
    private final int dataGroups;
    private final FileChannel lockChannel;

    private DataDirectory(Path path, UUID clusterId, int dataGroups, FileChannel lockChannel) {
        this.path = path;
        this.clusterId = clusterId;
        this.dataGroups = dataGroups;
        this.lockChannel = lockChannel;
    }

    /**
     * @param wantedGroups data groups if the directory is new; otherwise it keeps what it was made with
     * @throws DataDirectoryException with a sentence for the user
     */
    static DataDirectory open(Path directory, int wantedGroups, Disk disk) {
        try {
            create(directory.toAbsolutePath(), disk);
        } catch (IOException failure) {
            throw new DataDirectoryException("cannot create the data directory " + directory.toAbsolutePath() + " ("
                    + failure.getClass().getSimpleName() + "); set data-dir to a directory you may write to");
        }
        FileChannel lock = lock(directory);
        try {
            Path mark = directory.resolve(MARK);
            if (!disk.exists(mark)) {
                if (!disk.list(directory.resolve("journal")).isEmpty()) {
                    throw new DataDirectoryException("the data directory " + directory.toAbsolutePath() + " has lost "
                            + MARK + ", without which its data cannot be understood; restore that file from a copy");
                }
                write(disk, directory, mark, UUID.randomUUID(), wantedGroups);
            }
            Properties properties = new Properties();
            properties.load(new StringReader(Files.readString(mark, UTF_8)));
            String format = properties.getProperty("format", "");
            if (!format.equals(FORMAT)) {
                throw new DataDirectoryException("the data directory " + directory.toAbsolutePath() + " has format "
                        + format + "; this version reads format " + FORMAT);
            }
            return new DataDirectory(
                    directory.toAbsolutePath(),
                    UUID.fromString(properties.getProperty("cluster.id", "")),
                    Integer.parseInt(properties.getProperty("data.groups", "")),
                    lock);
        } catch (IOException | IllegalArgumentException failure) {
            closeQuietly(lock);
            throw new DataDirectoryException(
                    "cannot use " + directory.resolve(MARK).toAbsolutePath() + ": " + failure.getMessage());
        } catch (DataDirectoryException refused) {
            closeQuietly(lock);
            throw refused;
        }
    }

    /** Where it is, and the room that there is. May wait for the device. */
    LogDirectory look(Disk disk) throws IOException {
        Disk.Space space = disk.space(path);
        return new LogDirectory(path.normalize().toString(), space.total(), space.usable());
    }

    /**
     * Opens a directory that has been in use.
     *
     * @throws DataDirectoryException with a sentence for the user
     */
    static DataDirectory openExisting(Path directory, Disk disk) {
        if (!Files.exists(directory.resolve(MARK))) {
            throw new DataDirectoryException("there is no data in " + directory.toAbsolutePath() + ": it has no " + MARK
                    + "; set data-dir to the directory of a gateway");
        }
        return open(directory, 1, disk);
    }

    /** Creates what does not exist, each level forced into the one above it: a new directory is lost with its own name. */
    private static void create(Path directory, Disk disk) throws IOException {
        Path parent = directory.getParent();
        if (parent != null && !disk.exists(directory)) {
            create(parent, disk);
            disk.createDirectories(directory);
            disk.forceDirectory(parent);
        }
    }

    private static FileChannel lock(Path directory) {
        FileChannel channel;
        try {
            channel = FileChannel.open(directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException failure) {
            throw new DataDirectoryException("the data directory " + directory.toAbsolutePath()
                    + " is not writable; change its permissions or set data-dir to another");
        }
        @Nullable FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (IOException | OverlappingFileLockException held) {
            // answered below, as for a lock that another process holds
        }
        if (lock == null) {
            closeQuietly(channel);
            throw new DataDirectoryException("the data directory " + directory.toAbsolutePath()
                    + " is in use by another gateway; stop that one or set data-dir to another directory");
        }
        return channel;
    }

    private static void write(Disk disk, Path directory, Path mark, UUID clusterId, int dataGroups) throws IOException {
        Path temporary = directory.resolve(MARK + ".new");
        String text = "# Written when the directory was first used. Do not change.\nformat=" + FORMAT + "\ncluster.id="
                + clusterId + "\ndata.groups=" + dataGroups + "\n";
        disk.delete(temporary);
        try (DiskFile file = disk.open(temporary)) {
            file.write(ByteBuffer.wrap(text.getBytes(UTF_8)), 0);
            file.force();
        }
        disk.rename(temporary, mark);
        // The name is forced with those of the engine's directories, before anything is acknowledged.
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException ignored) { // the failure that led here is the one to report
            return;
        }
    }

    UUID clusterId() {
        return clusterId;
    }

    int dataGroups() {
        return dataGroups;
    }

    /** Gives the lock back. */
    @Override
    public void close() throws IOException {
        lockChannel.close();
    }
}
