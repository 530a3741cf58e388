package io.polylog.log;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.disk.Disk;
import io.polylog.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Which segments stand in the place of others, and how far the log has been compacted. Kept in one file, replaced as a
 * whole: whichever version of it a crash leaves, all files that it speaks of are there. Big-endian:
 *
 * <pre>
 *  0 uint32 CRC-32C of 4..end
 *  4 int32  version, 1
 *  8 int64  offset up to which keys have been looked at
 * 16 int32  count
 * 20 count times: int64 base, int32 generation, int64 end offset, exclusive
 * </pre>
 *
 * @param cleanedTo records below it have been compacted with each other; 0 if none have
 * @param segments in order
 */
record CompactedSegments(long cleanedTo, List<Range> segments) {

    static final String FILE_NAME = "compacted";

    static final CompactedSegments NONE = new CompactedSegments(0, List.of());

    private static final String NEW_NAME = FILE_NAME + ".new";
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 20;
    private static final int ENTRY_BYTES = 20;

    /**
     * One segment.
     *
     * @param end what of the log it stands for ends there, exclusive
     */
    record Range(SegmentName name, long end) {}

    CompactedSegments {
        segments = List.copyOf(segments);
    }

    /**
     * Those of a log's segments that were compacted.
     *
     * @param segments in order; the last one is active
     */
    static CompactedSegments of(List<Segment> segments, long cleanedTo) {
        List<Range> ranges = new ArrayList<>();
        for (int i = 0; i < segments.size() - 1; i++) {
            if (segments.get(i).name().compacted()) {
                ranges.add(new Range(segments.get(i).name(), segments.get(i + 1).baseOffset()));
            }
        }
        return new CompactedSegments(cleanedTo, ranges);
    }

    /** Whether the segment is part of the log, and not replaced by another nor half made. */
    boolean isCurrent(SegmentName name) {
        for (Range range : segments) {
            if (range.name().base() <= name.base() && name.base() < range.end()) {
                return range.name().equals(name);
            }
        }
        return !name.compacted();
    }

    /**
     * {@link #NONE} if there is no file.
     *
     * @throws RefusedException STORAGE_FAILED if it cannot be believed
     */
    static CompactedSegments read(Disk disk, Path directory) throws IOException {
        Path path = directory.resolve(FILE_NAME);
        if (!disk.exists(path)) {
            return NONE;
        }
        ByteBuffer content;
        try (DiskFile file = disk.open(path)) {
            content = ByteBuffer.allocate((int) Math.min(file.size(), Integer.MAX_VALUE));
            file.read(content, 0);
        }
        content.flip();
        if (content.limit() < HEADER_BYTES
                || content.getInt(0) != crc(content)
                || content.getInt(4) != VERSION
                || content.limit() != HEADER_BYTES + (long) content.getInt(16) * ENTRY_BYTES) {
            throw new RefusedException(
                    Refusal.STORAGE_FAILED,
                    "corrupt list of segments " + path + " at byte 0: its " + content.limit()
                            + " bytes do not fit their CRC");
        }
        content.position(HEADER_BYTES);
        List<Range> segments = new ArrayList<>();
        while (content.hasRemaining()) {
            segments.add(new Range(new SegmentName(content.getLong(), content.getInt()), content.getLong()));
        }
        return new CompactedSegments(content.getLong(8), segments);
    }

    /** Replaces the file; once this returns, a crash finds the new one. */
    void write(Disk disk, Path directory) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(HEADER_BYTES + segments.size() * ENTRY_BYTES);
        content.position(4).putInt(VERSION).putLong(cleanedTo).putInt(segments.size());
        for (Range range : segments) {
            content.putLong(range.name().base())
                    .putInt(range.name().generation())
                    .putLong(range.end());
        }
        content.flip().putInt(0, crc(content));
        Path fresh = directory.resolve(NEW_NAME);
        disk.delete(fresh);
        try (DiskFile file = disk.open(fresh)) {
            file.write(content, 0);
            file.force();
        }
        disk.rename(fresh, directory.resolve(FILE_NAME));
        disk.forceDirectory(directory);
    }

    private static int crc(ByteBuffer content) {
        CRC32C crc = new CRC32C();
        crc.update(content.slice(4, content.limit() - 4));
        return (int) crc.getValue();
    }
}
