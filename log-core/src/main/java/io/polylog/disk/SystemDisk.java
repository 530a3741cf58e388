package io.polylog.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The operating system's files, through {@link FileChannel}. Stateless. */
final class SystemDisk implements Disk {

    @Override
    public DiskFile open(Path file) throws IOException {
        return open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    }

    @Override
    public DiskFile openExisting(Path file) throws IOException {
        return open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private static DiskFile open(Path file, OpenOption... options) throws IOException {
        try {
            return new ChannelFile(file, FileChannel.open(file, options));
        } catch (IOException failure) {
            throw typed(failure, file, 0);
        }
    }

    @Override
    public Object identity(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        Object key = attributes.fileKey();
        return key == null ? attributes.creationTime() : key; // there are platforms without keys
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        }
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        try {
            Files.createDirectories(directory);
        } catch (IOException failure) {
            throw typed(failure, directory, 0);
        }
    }

    @Override
    public void rename(Path source, Path target) throws IOException {
        try {
            Files.move(source, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failure) {
            throw typed(failure, target, 0);
        }
    }

    @Override
    public void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> entries = Files.walk(path)) {
            for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(entry);
            }
        }
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public Space space(Path path) throws IOException {
        FileStore store = Files.getFileStore(path);
        return new Space(store.getUsableSpace(), store.getTotalSpace());
    }

    /**
     * The platform tells a full device by a text alone, and that in the user's language; so the room that is left has a
     * say as well. It tells a want of descriptors by a text too.
     *
     * @param wanted bytes that were to be written
     */
    private static IOException typed(IOException failure, Path path, long wanted) {
        String text = String.valueOf(failure.getMessage());
        if (text.contains("Too many open files")) {
            return new TooManyOpenFilesException(path, failure);
        }
        return text.contains("No space left on device")
                        || text.contains("Disk quota exceeded")
                        || (wanted > 0 && usableSpace(path) < wanted)
                ? new NoSpaceException(path, failure)
                : failure;
    }

    private static long usableSpace(Path path) {
        try {
            return Files.getFileStore(path).getUsableSpace();
        } catch (IOException unknown) { // the failure that led here is the one to report
            return Long.MAX_VALUE;
        }
    }

    private record ChannelFile(Path path, FileChannel channel) implements DiskFile {

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            long at = position;
            try {
                while (source.hasRemaining()) {
                    at += channel.write(source, at);
                }
            } catch (ClosedChannelException closed) {
                throw closed;
            } catch (IOException failure) {
                throw typed(failure, path, source.remaining());
            }
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
            return channel.transferTo(position, count, target);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            int total = 0;
            while (target.hasRemaining()) {
                int count = channel.read(target, position + total);
                if (count < 0) {
                    break;
                }
                total += count;
            }
            return total;
        }

        @Override
        public void force() throws IOException {
            channel.force(false);
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
