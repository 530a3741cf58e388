package io.polylog.log;

import io.polylog.disk.Disk;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Segments that a log has let go, and whose files stay until no checkpoint needs them. The log's owner adds, in the order of
 * their offsets; a checkpoint thread forces and removes meanwhile.
 */
final class RetiredSegments {

    private final List<Segment> segments = new CopyOnWriteArrayList<>();

    void add(Segment segment) {
        segments.add(segment);
    }

    List<Segment> all() {
        return List.copyOf(segments);
    }

    int count() {
        return segments.size();
    }

    /** A checkpoint may begin before a segment is retired, and find it retired when it gets to it. */
    void force() throws IOException {
        for (Segment segment : segments) {
            LogForcer.force(segment);
        }
    }

    /** Deletes the files of the first {@code count}. Open slices stay readable. */
    void remove(int count, Disk disk) throws IOException {
        for (Segment segment : List.copyOf(segments.subList(0, Math.min(count, segments.size())))) {
            segments.remove(segment);
            segment.release();
            segment.delete(disk);
        }
    }

    /** Lets go of the files, and leaves them. */
    void close() throws IOException {
        List<Segment> open = List.copyOf(segments);
        segments.clear();
        for (Segment segment : open) {
            segment.release();
        }
    }
}
