package io.polylog.log;

import io.polylog.broker.RefusedException;
import io.polylog.disk.Disk;
import io.polylog.disk.DiskFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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
        List<Long> bases = bases(end.segmentBase());
        if (bases.isEmpty() || bases.get(0) > logStart || !bases.contains(end.segmentBase())) {
            damage.accept(directory + ": of the segments from offset " + logStart + " to " + end.segmentBase()
                    + " there are " + bases);
            return;
        }
        for (int i = 0; i < bases.size(); i++) {
            boolean active = bases.get(i) == end.segmentBase();
            long nextBase = active ? end.endOffset() : bases.get(i + 1);
            if (nextBase > logStart) {
                verify(bases.get(i), active ? end.bytePosition() : -1, nextBase, epochs);
            }
        }
    }

    private List<Long> bases(long last) throws IOException {
        List<Long> bases = new ArrayList<>();
        for (Path file : disk.list(directory)) {
            String name = file.getFileName().toString();
            if (name.matches("\\d{19,20}\\" + Segment.LOG_SUFFIX)) {
                long base = Long.parseLong(name.substring(0, name.indexOf('.')));
                if (base <= last) {
                    bases.add(base);
                }
            }
        }
        return bases;
    }

    /**
     * @param size bytes that were forced, or -1 for all of the file
     */
    private void verify(long base, int size, long end, LeaderEpochs epochs) throws IOException {
        Path path = Segment.file(directory, base, Segment.LOG_SUFFIX);
        SegmentIndex index = SegmentIndex.openSealed(disk, Segment.file(directory, base, Segment.INDEX_SUFFIX), base);
        try (DiskFile data = disk.open(path)) {
            Segment segment = new Segment(base, path, data, index);
            long found = data.size();
            int limit = (int) Math.min(size < 0 ? found : size, Integer.MAX_VALUE);
            segments++;
            bytes += limit;
            if (found < limit) {
                damage.accept(path + " ends at byte " + found + " of " + limit);
                return;
            }
            long offset = BatchCheck.all(segment, new BatchPlace(base, base, 0), limit, epochs);
            if (offset != end) {
                damage.accept(path + " at byte " + limit + ": it ends at offset " + offset + ", not " + end);
            }
            index.verify(damage);
        } catch (RefusedException corrupt) {
            damage.accept(String.valueOf(corrupt.getMessage()));
        } finally {
            index.close();
        }
    }
}
