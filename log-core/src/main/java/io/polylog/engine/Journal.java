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
    static final long MAGIC = 0x504C594A524E4C01L;

    static final int FILE_HEADER_BYTES = 16;
    static final String SUFFIX = ".journal";

    private static final int BUFFER_BYTES = 512 << 10;

    private final Disk disk;
    private final Path directory;
    private final long fileBytes;
    private final boolean forceWrites;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

    private long fileNumber;
    private long writeNumber;
    private DiskFile file;
    private long position;

    private Journal(Disk disk, Path directory, long fileBytes, boolean forceWrites, long fileNumber, long writeNumber)
            throws IOException {
        this.disk = disk;
        this.directory = directory;
        this.fileBytes = fileBytes;
        this.forceWrites = forceWrites;
        this.fileNumber = fileNumber;
        this.writeNumber = writeNumber;
        this.file = create(fileNumber);
        this.position = FILE_HEADER_BYTES;
    }

    /**
     * Begins a new file after what recovery found.
     *
     * @param fileBytes size at which the next file begins
     * @param forceWrites whether {@link #write} forces, or leaves that to the operating system
     */
    static Journal open(Disk disk, Path directory, long fileBytes, boolean forceWrites, JournalScan.Found found)
            throws IOException {
        return new Journal(
                disk, directory, fileBytes, forceWrites, found.lastFileNumber() + 1, found.lastWriteNumber() + 1);
    }

    static Path file(Path directory, long number) {
        return directory.resolve(String.format("%020d%s", number, SUFFIX));
    }

    /** A file that a full disk left half made is made again under the same number; a scan takes it for unfinished. */
    private DiskFile create(long number) throws IOException {
        DiskFile created = disk.open(file(directory, number));
        try {
            ByteBuffer header = ByteBuffer.allocate(FILE_HEADER_BYTES);
            header.putLong(MAGIC).putLong(number).flip();
            created.write(header, 0);
            if (forceWrites) {
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

    /** Writes entries in order and, unless the journal leaves it to the operating system, makes them durable. */
    void write(List<Entry> entries) throws IOException {
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
        if (forceWrites) {
            file.force();
        }
        writeNumber++;
    }

    private void writeAll(List<Entry> entries) throws IOException {
        for (Entry entry : entries) {
            int size = JournalFrame.sizeInBytes(entry);
            if (size > buffer.remaining()) {
                flush();
            }
            if (size > buffer.capacity()) {
                ByteBuffer large = ByteBuffer.allocate(size);
                JournalFrame.write(writeNumber, entry, large);
                writeOut(large.flip());
            } else {
                JournalFrame.write(writeNumber, entry, buffer);
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
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
