package io.polylog.log;

import io.polylog.broker.RefusedException;
import io.polylog.disk.Disk;
import io.polylog.disk.DiskFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads every byte of a partition's log that is not open, up to a position that was forced, and changes nothing. What
 * lies behind the position is the command log's business.
 */
public final class LogVerification {

    private final Disk disk;
    private final Path directory;
    private final Consumer<String> damage;
    private long bytes;
    private int segments;

    /**
     * @param damage told of each fault: file, position, and what is wrong
     */
    public LogVerification(Disk disk, Path directory, Consumer<String> damage) {
        this.disk = disk;
        this.directory = directory;
        this.damage = damage;
    }

    /** Bytes of segments that were read. */
    public long bytes() {
        return bytes;
    }

    public int segments() {
        return segments;
    }

    /**
     * @throws IOException if a file cannot be read at all
     */
    public void verify(LogPosition end, long logStart) throws IOException {
        if (end.endOffset() == 0) {
            return;
        }
        LeaderEpochs epochs = EpochFile.read(disk, directory).orElse(LeaderEpochs.EMPTY);
        List<SegmentName> names;
        try {
            names = names(end.segmentBase(), CompactedSegments.read(disk, directory));
        } catch (RefusedException corrupt) {
            damage.accept(String.valueOf(corrupt.getMessage()));
            return;
        }
        boolean reachesStart = !names.isEmpty() && names.get(0).base() <= logStart;
        if (!reachesStart || !names.contains(new SegmentName(end.segmentBase(), 0))) {
            damage.accept(directory + ": of the segments from offset " + logStart + " to " + end.segmentBase()
                    + " there are " + names);
            return;
        }
        for (int i = 0; i < names.size(); i++) {
            boolean active = names.get(i).base() == end.segmentBase();
            long nextBase = active ? end.endOffset() : names.get(i + 1).base();
            if (nextBase > logStart) {
                verify(names.get(i), active ? end.bytePosition() : -1, nextBase, epochs);
            }
        }
    }

    private List<SegmentName> names(long last, CompactedSegments compacted) throws IOException {
        return disk.list(directory).stream()
                .filter(SegmentName::isLog)
                .flatMap(file -> SegmentName.of(file).stream())
                .filter(name -> name.base() <= last && compacted.isCurrent(name))
                .sorted()
                .toList();
    }

    /**
     * @param size bytes that were forced, or -1 for all of the file
     */
    private void verify(SegmentName name, int size, long end, LeaderEpochs epochs) throws IOException {
        Path path = name.log(directory);
        SegmentIndex index = SegmentIndex.openSealed(disk, name.index(directory), name.base());
        try (DiskFile data = disk.open(path)) {
            Segment segment = new Segment(name, path, data, index);
            long found = data.size();
            int limit = (int) Math.min(size < 0 ? found : size, Integer.MAX_VALUE);
            segments++;
            bytes += limit;
            if (found < limit) {
                damage.accept(path + " ends at byte " + found + " of " + limit);
                return;
            }
            long offset = BatchCheck.all(segment, segment.place(name.base(), 0), limit, epochs);
            if (!segment.mayFollow(offset, end)) {
                damage.accept(path + " at byte " + limit + ": it ends at offset " + offset + ", not " + end);
            }
            index.verify(damage);
        } catch (RefusedException corrupt) {
            damage.accept(String.valueOf(corrupt.getMessage()));
        }
    }
}
