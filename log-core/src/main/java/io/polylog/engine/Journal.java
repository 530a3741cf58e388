package io.polylog.engine;

import io.polylog.disk.Disk;
import io.polylog.disk.DiskFile;
import io.polylog.disk.NoSpaceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * The command log of every replica group of this process, in one sequence of files, so that one force makes any number
 * of groups and partitions durable.
 *
 * <p>A file begins with 16 bytes, int64 {@link #MAGIC} and int64 file number; then come frames ({@link JournalFrame}).
 * Files are named {@code <20-digit number>.journal}. A frame never crosses files.
 *
 * <p>Owned by the journal thread. A {@link NoSpaceException} leaves the journal as it was before the write, durably. After
 * any other exception it must not be used again: what is on disk is unknown, and a force that failed may never be tried
 * again as if it could still succeed.
 */
final class Journal implements AutoCloseable {

    /** {@code "PLYJRNL"} and the format version. */
    static final long MAGIC = 0x504C594A524E4C02L;

    static final int FILE_HEADER_BYTES = 16;
    static final String SUFFIX = ".journal";

    private static final int BUFFER_BYTES = 512 << 10;

    private final Disk disk;
    private final Path directory;
    private final long fileBytes;
    private final Forcing forcing;
    private final JournalFiles files;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

    private long fileNumber;
    private long writeNumber;
    private DiskFile file;
    private long position;

    private Journal(
            Disk disk, Path directory, long fileBytes, Forcing forcing, JournalFiles files, JournalScan.Found found)
            throws IOException {
        this.disk = disk;
        this.directory = directory;
        this.fileBytes = fileBytes;
        this.forcing = forcing;
        this.files = files;
        this.fileNumber = found.lastFileNumber() + 1;
        this.writeNumber = found.lastWriteNumber() + 1;
        this.file = create(fileNumber);
        this.position = FILE_HEADER_BYTES;
        files.begun(fileNumber);
    }

    /**
     * Begins a new file after what recovery found.
     *
     * @param fileBytes size at which the next file begins
     * @param forcing whether {@link #write} forces, or leaves that to the operating system
     * @param files told what each file holds
     */
    static Journal open(
            Disk disk, Path directory, long fileBytes, Forcing forcing, JournalFiles files, JournalScan.Found found)
            throws IOException {
        return new Journal(disk, directory, fileBytes, forcing, files, found);
    }

    static Path file(Path directory, long number) {
        return directory.resolve(String.format("%020d%s", number, SUFFIX));
    }

    /** The files of a journal in order. */
    static List<Path> files(Disk disk, Path directory) throws IOException {
        return disk.list(directory).stream()
                .filter(file -> String.valueOf(file.getFileName()).endsWith(SUFFIX))
                .toList();
    }

    static long number(Path file) {
        String name = String.valueOf(file.getFileName());
        return Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
    }

    /** A file that a full disk left half made is made again under the same number; a scan takes it for unfinished. */
    private DiskFile create(long number) throws IOException {
        DiskFile created = disk.open(file(directory, number));
        try {
            ByteBuffer header = ByteBuffer.allocate(FILE_HEADER_BYTES);
            header.putLong(MAGIC).putLong(number).flip();
            created.write(header, 0);
            if (forcing.isOn()) {
                created.force();
                disk.forceDirectory(directory);
            }
            return created;
        } catch (IOException failure) {
            try (created) {
                throw failure;
            }
        }
    }

    /**
     * Writes entries in order and, unless the journal leaves it to the operating system, makes them durable.
     *
     * @return bytes written
     * @throws NoSpaceException if there is no room for them; nothing was written then
     */
    long write(List<Entry> entries) throws IOException {
        if (position >= fileBytes) {
            roll();
        }
        long start = position;
        try {
            writeAll(entries);
        } catch (NoSpaceException full) {
            cutBackTo(start);
            throw full;
        }
        forcing.force(file);
        for (Entry entry : entries) {
            files.holds(fileNumber, entry.group(), entry.index(), JournalFrame.sizeInBytes(entry));
        }
        writeNumber++;
        return position - start;
    }

    private void writeAll(List<Entry> entries) throws IOException {
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            boolean last = i == entries.size() - 1;
            int size = JournalFrame.sizeInBytes(entry);
            if (size > buffer.remaining()) {
                flush();
            }
            if (size > buffer.capacity()) {
                ByteBuffer large = ByteBuffer.allocate(size);
                JournalFrame.write(writeNumber, last, entry, large);
                writeOut(large.flip());
            } else {
                JournalFrame.write(writeNumber, last, entry, buffer);
            }
        }
        flush();
    }

    /** Takes back a write that did not fit; forced, lest a part of it come back behind what is written next. */
    private void cutBackTo(long start) throws IOException {
        buffer.clear();
        try {
            file.truncate(start);
            file.force();
        } catch (IOException failure) {
            throw new IOException("cannot cut the journal back to byte " + start, failure);
        }
        position = start;
    }

    private void flush() throws IOException {
        writeOut(buffer.flip());
        buffer.clear();
    }

    private void writeOut(ByteBuffer bytes) throws IOException {
        int count = bytes.remaining();
        file.write(bytes, position);
        position += count;
    }

    private void roll() throws IOException {
        DiskFile next = create(fileNumber + 1);
        file.close();
        fileNumber++;
        file = next;
        position = FILE_HEADER_BYTES;
        files.begun(fileNumber);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
