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
 * <p>A file begins with a {@link JournalHeader}; then come frames ({@link JournalFrame}). Files are named {@code <20-digit
 * number>.journal}. A frame never crosses files. Files are written over again when they are needed no more ({@link
 * JournalSpares}): only in the last one something else may lie behind the frames.
 *
 * <p>Owned by the journal thread. A {@link NoSpaceException} leaves the journal as it was before the write, durably. After
 * any other exception it must not be used again: what is on disk is unknown, and a force that failed may never be tried
 * again as if it could still succeed.
 */
final class Journal implements AutoCloseable {

    static final String SUFFIX = ".journal";

    private static final int BUFFER_BYTES = 512 << 10;
    private static final byte[] PAGE = new byte[4096];

    private final Disk disk;
    private final Path directory;
    private final long fileBytes;
    private final Forcing forcing;
    private final JournalFiles files;
    private final JournalSpares spares;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

    private long fileNumber;
    private long writeNumber;
    private DiskFile file;
    private long staleEnd;
    private long position;
    private boolean sound = true;

    private record Begun(JournalHeader header, DiskFile file) {}

    /**
     * Begins a new file after what recovery found.
     *
     * @param fileBytes size at which the next file begins
     * @param forcing whether {@link #write} forces, or leaves that to the operating system
     * @param files told what each file holds
     * @param spares written over before new files are made
     */
    Journal(
            Disk disk,
            Path directory,
            long fileBytes,
            Forcing forcing,
            JournalFiles files,
            JournalSpares spares,
            JournalScan.Found found)
            throws IOException {
        this.disk = disk;
        this.directory = directory;
        this.fileBytes = fileBytes;
        this.forcing = forcing;
        this.files = files;
        this.spares = spares;
        this.fileNumber = found.lastFileNumber() + 1;
        this.writeNumber = found.lastWriteNumber() + 1;
        Begun first = create(fileNumber);
        this.file = first.file;
        this.staleEnd = first.header.staleEnd();
        this.position = JournalHeader.BYTES;
        files.begun(fileNumber);
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

    /**
     * A file that a full disk left half made is made again under the same number; a scan takes it for unfinished. The name is
     * forced first: a spare file must not be taken for the one that it was once its content is another.
     */
    private Begun create(long number) throws IOException {
        Path path = file(directory, number);
        spares.take(path);
        DiskFile created = disk.open(path);
        try {
            if (forcing.isOn()) {
                disk.forceDirectory(directory);
            }
            JournalHeader header = new JournalHeader(number, writeNumber, created.size());
            created.write(header.encode(), 0);
            if (forcing.isOn()) {
                created.force();
            }
            return new Begun(header, created);
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
        sound = false;
        long bytes;
        try {
            if (position >= fileBytes) {
                roll();
            }
            bytes = writeAll(entries);
        } catch (NoSpaceException full) {
            sound = true;
            throw full;
        }
        forcing.force(file);
        sound = true;
        for (Entry entry : entries) {
            files.holds(fileNumber, entry.group(), entry.index(), JournalFrame.sizeInBytes(entry));
        }
        writeNumber++;
        return bytes;
    }

    private long writeAll(List<Entry> entries) throws IOException {
        long start = position;
        try {
            writeFrames(entries);
        } catch (NoSpaceException full) {
            cutBackTo(start);
            throw full;
        }
        return position - start;
    }

    private void writeFrames(List<Entry> entries) throws IOException {
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
        int padding = paddingBytes();
        buffer.put(PAGE, 0, padding);
        flush();
        position -= padding;
    }

    /** Old bytes are written over by the page: to keep the rest of one, the system would have to read it from the disk first. */
    private int paddingBytes() {
        long end = position + buffer.position();
        long padding = Math.min(-end & (PAGE.length - 1), staleEnd - end);
        return (int) Math.min(Math.max(0, padding), buffer.remaining());
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
        staleEnd = Math.min(staleEnd, start);
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
        dropStale();
        Begun next = create(fileNumber + 1);
        file.close();
        fileNumber++;
        file = next.file;
        staleEnd = next.header.staleEnd();
        position = JournalHeader.BYTES;
        files.begun(fileNumber);
    }

    /** Ends the file where its last frame ends, durably. */
    private void dropStale() throws IOException {
        if (position < staleEnd) {
            file.truncate(position);
            file.force();
            staleEnd = position;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            if (sound) {
                dropStale();
            }
        } finally {
            file.close();
        }
    }
}
