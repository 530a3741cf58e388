package io.polylog.engine;

import io.polylog.disk.Disk;
import io.polylog.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a journal from its first file to its last whole frame.
 *
 * <p>The bytes after the last whole frame of the last file may be the rest of a write that a crash cut short: nobody was
 * told that it succeeded, so they are cut off. Damage anywhere else is corruption, and the scan fails with file and
 * position rather than lose what was acknowledged; {@link JournalTail} tells the two apart.
 */
final class JournalScan {

    private static final Logger log = LoggerFactory.getLogger(JournalScan.class);

    /** Read at once, and more for a larger frame. */
    private static final int WINDOW_BYTES = 4 << 20;

    /**
     * What a scan came upon; numbers are 0 when the journal is empty.
     *
     * @param entries that the visitor wanted
     * @param entryBytes bytes of those
     * @param bytes that were read
     */
    record Found(long lastFileNumber, long lastWriteNumber, long entries, long entryBytes, long bytes) {}

    /** Takes entries in order. */
    interface Visitor {
        /** Whether the entry is to be read; every one has a right CRC, wanted or not. */
        boolean wants(int group, long index) throws IOException;

        void entry(Entry entry) throws IOException;
    }

    /** What to do about the rest of an unfinished write. */
    enum Tail {
        CUT,
        KEEP
    }

    private final Disk disk;
    private final Path directory;
    private final boolean forced;
    private final JournalFiles files;
    private final Tail tail;
    private long fileNumber;
    private long writeNumber;
    private boolean writeComplete = true;
    private long entries;
    private long entryBytes;
    private long bytes;

    /**
     * @param forced whether each write was forced before the next began, so that damage before a whole frame of a later
     *     write is corruption
     * @param files told what each file holds
     */
    JournalScan(Disk disk, Path directory, boolean forced, JournalFiles files, Tail tail) {
        this.disk = disk;
        this.directory = directory;
        this.forced = forced;
        this.files = files;
        this.tail = tail;
    }

    /**
     * @throws CorruptJournalException if bytes that were durable have changed
     */
    Found scan(Visitor visitor) throws IOException {
        List<Path> found = Journal.files(disk, directory);
        for (int i = 0; i < found.size(); i++) {
            try (DiskFile file = disk.open(found.get(i))) {
                new FileScan(found.get(i), file, i == found.size() - 1).scan(visitor);
            }
        }
        return new Found(fileNumber, writeNumber, entries, entryBytes, bytes);
    }

    /** One file of the journal. */
    private final class FileScan {
        private final Path path;
        private final DiskFile file;
        private final boolean last;
        private final long size;
        private long windowStart;
        private ByteBuffer window = ByteBuffer.allocate(0);
        private JournalHeader header = new JournalHeader(0, 0, 0);

        FileScan(Path path, DiskFile file, boolean last) throws IOException {
            this.path = path;
            this.file = file;
            this.last = last;
            this.size = file.size();
        }

        void scan(Visitor visitor) throws IOException {
            long number = Journal.number(path);
            ByteBuffer head = ByteBuffer.allocate(JournalHeader.BYTES);
            file.read(head, 0);
            Optional<JournalHeader> begun =
                    JournalHeader.decode(head.flip()).filter(found -> found.fileNumber() == number);
            if (begun.isEmpty()) {
                fileNumber = number - 1; // this one was never begun: the journal makes it again
                notWhole(0);
                return;
            }
            header = begun.get();
            fileNumber = number;
            writeNumber = header.firstWrite() - 1;
            writeComplete = true;
            files.begun(number);
            long position = JournalHeader.BYTES;
            while (position < size) {
                JournalFrame frame = frameAt(position);
                if (frame == null || frame.writeNumber() < header.firstWrite()) {
                    notWhole(position);
                    return;
                }
                writeNumber = frame.writeNumber();
                writeComplete = frame.isLastOfWrite();
                files.holds(fileNumber, frame.group(), frame.index(), frame.sizeInBytes());
                position += frame.sizeInBytes();
                if (visitor.wants(frame.group(), frame.index())) {
                    entries++;
                    entryBytes += frame.sizeInBytes();
                    visitor.entry(entry(frame, position));
                }
            }
            bytes += position;
        }

        private Entry entry(JournalFrame frame, long end) throws IOException {
            try {
                return frame.entry();
            } catch (RuntimeException unreadable) {
                throw new CorruptJournalException("journal " + path + " holds an entry at byte "
                        + (end - frame.sizeInBytes()) + " that cannot be understood: " + unreadable.getMessage());
            }
        }

        /** The whole frame at {@code position}, or null if there is none. It shares the memory of one window. */
        private @Nullable JournalFrame frameAt(long position) throws IOException {
            if (!look(position, JournalFrame.PREFIX_BYTES)) {
                return null;
            }
            int frameBytes = JournalFrame.sizeAt(window, (int) (position - windowStart));
            if (frameBytes < 0 || !look(position, frameBytes)) {
                return null;
            }
            JournalFrame frame = new JournalFrame(window.slice((int) (position - windowStart), frameBytes));
            return frame.isWhole() ? frame : null;
        }

        /** Makes the window hold so many bytes from {@code position} on; false if the file does not. */
        private boolean look(long position, int count) throws IOException {
            if (count > size - position) {
                return false;
            }
            if (position < windowStart || position + count > windowStart + window.limit()) {
                // A fresh one each time: entries that are still to be applied share the memory of the last.
                window = ByteBuffer.allocate((int) Math.min(size - position, Math.max(count, WINDOW_BYTES)));
                windowStart = position;
                file.read(window, position);
                window.flip();
            }
            return position + count <= windowStart + window.limit();
        }

        private void notWhole(long position) throws IOException {
            long underWay = writeComplete ? writeNumber + 1 : writeNumber;
            JournalTail rest = new JournalTail(file, position, size, header, underWay);
            boolean changed = position == 0 ? isHeadChanged(rest) : rest.isWholeButChanged();
            if (!last || changed || (forced && rest.laterWriteBehind(underWay))) {
                throw new CorruptJournalException("journal " + path + " is damaged at byte " + position
                        + ": bytes that were durable have changed; restore the file or the data directory from a copy");
            }
            if (!rest.isNothingNew()) {
                log.atWarn()
                        .addKeyValue("file", path.getFileName())
                        .addKeyValue("position", position)
                        .addKeyValue("bytes", size - position)
                        .log("unfinished write at the end of the journal");
            }
            bytes += position;
            if (tail == Tail.CUT) {
                cut(position);
            }
        }

        /** The head of a file is forced, or at least on the same page, before a frame is written behind it. */
        private boolean isHeadChanged(JournalTail rest) throws IOException {
            return forced ? rest.laterWriteBehind(writeNumber) : frameAt(JournalHeader.BYTES) != null;
        }

        private void cut(long position) throws IOException {
            file.truncate(position);
            file.force();
        }
    }
}
