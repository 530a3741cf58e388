package io.polylog.engine;

import io.polylog.disk.Disk;
import io.polylog.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a journal from its first file to its last whole frame.
 *
 * <p>The bytes after the last frame of the last file may be the rest of a write that a crash cut short: nobody was told
 * that it succeeded, so they are cut off. Damage anywhere else is corruption, and the scan fails with file and position
 * rather than lose what was acknowledged. The two are told apart by the write numbers: a later write began only after
 * the earlier one was forced, so a whole frame of a later write behind a damaged one means that durable bytes have
 * changed.
 */
final class JournalScan {

    private static final Logger log = LoggerFactory.getLogger(JournalScan.class);

    /** What a scan came upon; numbers are 0 when the journal is empty. */
    record Found(long lastFileNumber, long lastWriteNumber, long entries, long bytes) {}

    /** Takes entries in order. */
    interface Visitor {
        void entry(Entry entry) throws IOException;
    }

    private final Disk disk;
    private final Path directory;
    private final boolean forced;
    private long fileNumber;
    private long writeNumber;
    private long entries;
    private long bytes;

    /**
     * @param forced whether each write was forced before the next began, so that damage before a whole later frame is
     *     corruption
     */
    JournalScan(Disk disk, Path directory, boolean forced) {
        this.disk = disk;
        this.directory = directory;
        this.forced = forced;
    }

    /**
     * @throws CorruptJournalException if bytes that were durable have changed
     */
    Found scan(Visitor visitor) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path file : disk.list(directory)) {
            if (String.valueOf(file.getFileName()).endsWith(Journal.SUFFIX)) {
                files.add(file);
            }
        }
        for (int i = 0; i < files.size(); i++) {
            try (DiskFile file = disk.open(files.get(i))) {
                scanFile(files.get(i), file, i == files.size() - 1, visitor);
            }
        }
        return new Found(fileNumber, writeNumber, entries, bytes);
    }

    private void scanFile(Path path, DiskFile file, boolean last, Visitor visitor) throws IOException {
        long size = file.size();
        String name = String.valueOf(path.getFileName());
        fileNumber = Long.parseLong(name.substring(0, name.length() - Journal.SUFFIX.length()));
        ByteBuffer header = ByteBuffer.allocate(Journal.FILE_HEADER_BYTES);
        file.read(header, 0);
        header.flip();
        if (header.remaining() < Journal.FILE_HEADER_BYTES
                || header.getLong() != Journal.MAGIC
                || header.getLong() != fileNumber) {
            damaged(path, file, 0, size, last);
            return;
        }
        long position = Journal.FILE_HEADER_BYTES;
        while (position < size) {
            JournalFrame frame = frameAt(file, position, size);
            if (frame == null) {
                damaged(path, file, position, size, last);
                return;
            }
            visitor.entry(frame.entry());
            entries++;
            writeNumber = frame.writeNumber();
            position += frame.bytes();
        }
        bytes += position;
    }

    private @Nullable JournalFrame frameAt(DiskFile file, long position, long size) throws IOException {
        ByteBuffer prefix = ByteBuffer.allocate(JournalFrame.PREFIX_BYTES);
        file.read(prefix, position);
        if (prefix.hasRemaining()) {
            return null;
        }
        long frameBytes = (long) prefix.getInt(0) + JournalFrame.PREFIX_BYTES;
        if (frameBytes < JournalFrame.HEADER_BYTES
                || frameBytes > JournalFrame.MAX_BYTES
                || frameBytes > size - position) {
            return null;
        }
        ByteBuffer frame = ByteBuffer.allocate((int) frameBytes);
        file.read(frame, position);
        frame.flip();
        if (!JournalFrame.isValid(frame)) {
            return null;
        }
        return JournalFrame.read(frame);
    }

    private void damaged(Path path, DiskFile file, long position, long size, boolean last) throws IOException {
        if (!last || (forced && laterWriteBehind(file, position, size))) {
            throw new CorruptJournalException("journal " + path + " is damaged at byte " + position
                    + ": bytes that were durable have changed; restore the file or the data directory from a copy");
        }
        log.atWarn()
                .addKeyValue("file", path.getFileName())
                .addKeyValue("position", position)
                .addKeyValue("bytes", size - position)
                .log("unfinished write at the end of the journal is cut off");
        if (position == 0) {
            disk.delete(path);
        } else {
            file.truncate(position);
            file.force();
            bytes += position;
        }
    }

    /** Whether a whole frame of a write after the one that is damaged lies behind {@code position}. */
    private boolean laterWriteBehind(DiskFile file, long position, long size) throws IOException {
        ByteBuffer window = ByteBuffer.allocate(1 << 16);
        for (long at = position + 1; at < size; at += window.capacity() - JournalFrame.HEADER_BYTES) {
            window.clear();
            file.read(window, at);
            window.flip();
            for (int i = 0; i + JournalFrame.HEADER_BYTES <= window.limit(); i++) {
                // The cheap tests first: a plausible length and a plausible write number.
                long number = window.getLong(i + JournalFrame.PREFIX_BYTES);
                long length = window.getInt(i);
                if (number > writeNumber + 1
                        && number <= writeNumber + size
                        && length > 0
                        && length <= size - at - i - JournalFrame.PREFIX_BYTES
                        && frameAt(file, at + i, size) != null) {
                    return true;
                }
            }
        }
        return false;
    }
}
