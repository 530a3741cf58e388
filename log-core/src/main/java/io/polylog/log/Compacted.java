package io.polylog.log;

import io.polylog.disk.Disk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a compaction has made: segments that may stand in the place of others, with their files on disk.
 *
 * @param replacements in the order of their offsets; none if nothing changes
 * @param cleanedTo records below it have been compacted with each other
 */
public record Compacted(List<Replacement> replacements, long cleanedTo) {

    /**
     * One segment for some.
     *
     * @param old neighbours, in order
     */
    record Replacement(List<Segment> old, Segment fresh) {

        Replacement {
            old = List.copyOf(old);
        }

        void discard(Disk disk) throws IOException {
            fresh.release();
            fresh.delete(disk);
        }
    }

    public Compacted {
        replacements = List.copyOf(replacements);
    }

    /** By how many bytes the segments are smaller. */
    public long bytesSaved() {
        long saved = 0;
        for (Replacement replacement : replacements) {
            for (Segment segment : replacement.old()) {
                saved += segment.size();
            }
            saved -= replacement.fresh().size();
        }
        return saved;
    }

    /** These segments with the fresh ones in place of the old; empty if an old one is not among them any more. */
    Optional<List<Segment>> swappedInto(List<Segment> segments) {
        List<Segment> swapped = new ArrayList<>(segments);
        for (Replacement replacement : replacements) {
            int at = swapped.indexOf(replacement.old().get(0));
            int end = at + replacement.old().size();
            if (at < 0 || end > swapped.size() || !swapped.subList(at, end).equals(replacement.old())) {
                return Optional.empty();
            }
            swapped.subList(at, end).clear();
            swapped.add(at, replacement.fresh());
        }
        return Optional.of(List.copyOf(swapped));
    }

    /** Lets go of what was replaced; who reads it still goes on. */
    void releaseOld() throws IOException {
        for (Replacement replacement : replacements) {
            for (Segment segment : replacement.old()) {
                segment.release();
            }
        }
    }

    void deleteOld(Disk disk) throws IOException {
        for (Replacement replacement : replacements) {
            for (Segment segment : replacement.old()) {
                segment.delete(disk);
            }
        }
    }

    /** Deletes what was made, since it is not wanted. */
    void discard(Disk disk) throws IOException {
        for (Replacement replacement : replacements) {
            replacement.discard(disk);
        }
    }
}
