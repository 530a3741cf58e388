package io.polylog.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The file system as the log uses it. What was written survives a crash only once {@link DiskFile#force} has returned;
 * a created, renamed or deleted name only once {@link #forceDirectory} has. Any thread.
 *
 * <p>Whatever needs room throws {@link NoSpaceException} when there is none, and opening {@link
 * TooManyOpenFilesException} when too many files are open.
 */
public interface Disk {

    /** Opens for reading and writing; creates the file, and nothing above it, if it does not exist. */
    DiskFile open(Path file) throws IOException;

    /**
     * Opens for reading and writing, and creates nothing.
     *
     * @throws java.nio.file.NoSuchFileException if there is no such file
     */
    DiskFile openExisting(Path file) throws IOException;

    /** What tells the file of that name from every other one that may bear the name, while it exists. */
    Object identity(Path file) throws IOException;

    boolean exists(Path path) throws IOException;

    /** Plain files and directories directly in {@code directory}, in name order; empty if it does not exist. */
    List<Path> list(Path directory) throws IOException;

    void createDirectories(Path directory) throws IOException;

    /** Replaces {@code target} if it exists, in one step. */
    void rename(Path source, Path target) throws IOException;

    /** Deletes a file or a directory with all it holds; does nothing if it does not exist. */
    void delete(Path path) throws IOException;

    /** Makes creations, renames and deletions in {@code directory} survive a crash. */
    void forceDirectory(Path directory) throws IOException;

    /** How much room there is where {@code path} lies, which exists. May wait for the device. */
    Space space(Path path) throws IOException;

    /**
     * Room on one file store, in bytes.
     *
     * @param usable what this process may still write
     * @param total size of the store
     */
    record Space(long usable, long total) {}

    /** The operating system's files. */
    static Disk system() {
        return new SystemDisk();
    }
}
