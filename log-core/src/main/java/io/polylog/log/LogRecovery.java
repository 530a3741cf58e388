package io.polylog.log;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.disk.Disk;
import io.polylog.disk.DiskFile;
import io.polylog.log.IndexBlock.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a partition's directory back to a recorded position: later segments go, the one at the position is cut, and
 * what an index lacks is read from its segment. Damage before the position is fatal in the active segment; in a closed
 * one it is reported and left for the reader who meets it.
 */
final class LogRecovery {

    private static final Logger LOG = LoggerFactory.getLogger(LogRecovery.class);

    /**
     * What a directory held.
     *
     * @param epochFile whether there is one for the epochs, of this history or another
     * @param cleanedTo up to where it was compacted
     * @param namesForced whether the names of the segments' files, and of no others, are there after a crash too
     */
    record Recovered(
            List<Segment> segments, LeaderEpochs epochs, boolean epochFile, long cleanedTo, boolean namesForced) {}

    private final Disk disk;
    private final Path directory;
    private final LogSettings settings;
    private boolean deletedSome;

    LogRecovery(Disk disk, Path directory, LogSettings settings) {
        this.disk = disk;
        this.directory = directory;
        this.settings = settings;
    }

    /**
     * @param logStart segments that end at or before it are deleted
     */
    Recovered recover(LogPosition end, long logStart) throws IOException {
        if (end.equals(LogPosition.EMPTY)) {
            disk.createDirectories(directory);
            for (Path file : disk.list(directory)) { // the directory stays: to remove one takes a while
                disk.delete(file);
            }
            List<Segment> first = List.of(Segment.create(disk, directory, new SegmentName(0, 0)));
            return new Recovered(first, LeaderEpochs.EMPTY, false, 0, false);
        }
        CompactedSegments compacted = CompactedSegments.read(disk, directory);
        List<Segment> segments = new ArrayList<>();
        try {
            openSegments(segments, end, logStart, compacted);
            segments.forEach(segment -> segment.unproved().add(0, segment.size()));
            boolean epochFile = EpochFile.exists(disk, directory);
            LeaderEpochs epochs = epochFile ? epochs(segments, end) : LeaderEpochs.PLAIN;
            return new Recovered(List.copyOf(segments), epochs, epochFile, compacted.cleanedTo(), !deletedSome);
        } catch (IOException | RuntimeException failed) {
            for (Segment segment : segments) {
                segment.release();
            }
            throw failed;
        }
    }

    private void openSegments(List<Segment> opened, LogPosition end, long logStart, CompactedSegments compacted)
            throws IOException {
        List<SegmentName> names = from(logStart, upTo(end.segmentBase(), compacted));
        if (names.isEmpty() || !names.get(names.size() - 1).equals(new SegmentName(end.segmentBase(), 0))) {
            throw lost("segment " + end.segmentBase() + " is missing");
        }
        for (CompactedSegments.Range range : compacted.segments()) {
            int place = names.indexOf(range.name());
            if (range.end() > logStart && (place < 0 || names.get(place + 1).base() != range.end())) {
                throw lost("segment " + range.name().log(directory) + ", or what follows its end " + range.end()
                        + ", is missing");
            }
        }
        for (int i = 0; i < names.size() - 1; i++) {
            opened.add(openClosed(names.get(i), names.get(i + 1).base()));
        }
        opened.add(openActive(end));
    }

    /**
     * The segments to keep, in order; the files of others are deleted: of a history that was cut off, of segments that
     * compaction has replaced, and of those that it had not finished. Should a crash bring those back, this start's
     * successor deletes them again; the next force of the log keeps them away.
     */
    private List<SegmentName> upTo(long last, CompactedSegments compacted) throws IOException {
        SortedSet<SegmentName> names = new TreeSet<>();
        for (Path file : disk.list(directory)) {
            SegmentName name = SegmentName.of(file).orElse(null);
            if (name != null && (name.base() > last || !compacted.isCurrent(name))) {
                disk.delete(file);
                deletedSome = true;
            } else if (name != null && SegmentName.isLog(file)) {
                names.add(name);
            }
        }
        return List.copyOf(names);
    }

    /** Those that hold something at or after {@code logStart}; the files of earlier ones go. */
    private List<SegmentName> from(long logStart, List<SegmentName> names) throws IOException {
        int first = 0;
        while (first + 1 < names.size() && names.get(first + 1).base() <= logStart) {
            disk.delete(names.get(first).index(directory));
            disk.delete(names.get(first).log(directory));
            deletedSome = true;
            first++;
        }
        return names.subList(first, names.size());
    }

    private Segment openClosed(SegmentName name, long nextBase) throws IOException {
        long base = name.base();
        Path path = name.log(directory);
        Path indexPath = name.index(directory);
        DiskFile data = disk.open(path);
        int size = (int) Math.min(data.size(), Integer.MAX_VALUE);
        SegmentIndex index = SegmentIndex.openSealed(disk, indexPath, base);
        Segment segment = new Segment(name, path, data, index);
        Entry last = index.last();
        if (last.position() == size && base + last.relativeOffset() == nextBase) {
            segment.resumeAt(last);
            return segment;
        }
        index = SegmentIndex.openToGrow(disk, indexPath, base, size);
        segment = new Segment(name, path, data, index);
        try {
            rebuild(segment, size);
            if (!segment.mayFollow(segment.endOffset(), nextBase)) {
                throw segment.corrupt(size, "it ends at offset " + segment.endOffset() + ", not " + nextBase);
            }
            segment.coverTo(nextBase);
            segment.seal();
        } catch (RefusedException damaged) {
            LOG.atError()
                    .addKeyValue("segment", path)
                    .addKeyValue("reason", damaged.getMessage())
                    .log("closed segment is damaged: reads that meet the damage will fail");
            segment.endUnverified(size, nextBase);
        }
        return segment;
    }

    private Segment openActive(LogPosition end) throws IOException {
        long base = end.segmentBase();
        SegmentName name = new SegmentName(base, 0);
        Path path = name.log(directory);
        DiskFile data = disk.open(path);
        long size = data.size();
        if (size < end.bytePosition()) {
            data.close();
            throw lost("segment " + path + " has " + size + " bytes, of which " + end.bytePosition() + " were forced");
        }
        SegmentIndex index = SegmentIndex.openToGrow(disk, name.index(directory), base, end.bytePosition());
        Segment segment = new Segment(name, path, data, index);
        try {
            segment.truncateTo(end.bytePosition());
            rebuild(segment, end.bytePosition());
            if (segment.endOffset() != end.endOffset()) {
                throw segment.corrupt(
                        end.bytePosition(), "it ends at offset " + segment.endOffset() + ", not " + end.endOffset());
            }
        } catch (IOException | RuntimeException failed) {
            segment.release();
            throw failed;
        }
        return segment;
    }

    /** Reads again what follows the last index entry. */
    private void rebuild(Segment segment, int size) throws IOException {
        Entry last = segment.index().last();
        segment.resumeAt(last);
        BatchCursor cursor = new BatchCursor(segment, last, size);
        while (cursor.next()) {
            segment.grow(
                    cursor.header().sizeInBytes(),
                    cursor.header().baseOffset(),
                    cursor.header().lastOffset(),
                    cursor.header().maxTimestamp(),
                    settings.indexIntervalBytes());
        }
    }

    /** From the segments, should the file be damaged. */
    private LeaderEpochs epochs(List<Segment> segments, LogPosition end) throws IOException {
        Optional<LeaderEpochs> stored = EpochFile.read(disk, directory);
        if (stored.isPresent()) {
            return stored.get().before(end.endOffset());
        }
        LeaderEpochs epochs = LeaderEpochs.EMPTY;
        for (Segment segment : segments) {
            BatchCursor cursor = new BatchCursor(segment, Entry.START, segment.size());
            while (cursor.next()) {
                epochs = epochs.with(
                        cursor.header().leaderEpoch(), cursor.header().baseOffset());
            }
        }
        return epochs;
    }

    private RefusedException lost(String what) {
        return new RefusedException(Refusal.STORAGE_FAILED, "the log in " + directory + " lost forced data: " + what);
    }
}
