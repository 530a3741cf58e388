package io.polylog.log;

import io.polylog.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes what was appended to a log survive a crash: the bytes, the leader epochs, and the names of the files. Nothing is
 * forced that is so already, or that nobody would miss: there may be ten thousand logs, and a force takes as long as the disk
 * does. Any thread; one at a time, a second one waits.
 */
final class LogForcer {

    private final Disk disk;
    private final Path directory;
    private final RetiredSegments retired;

    // What forced names and epochs cover; under the lock.
    private boolean anythingToKeep;
    private @Nullable List<Segment> forcedSegments;
    private @Nullable LeaderEpochs forcedEpochs;
    private boolean epochFile;

    LogForcer(Disk disk, Path directory, RetiredSegments retired, LogRecovery.Recovered recovered) {
        this.disk = disk;
        this.directory = directory;
        this.retired = retired;
        this.forcedSegments = recovered.namesForced() ? recovered.segments() : null;
        this.anythingToKeep = recovered.namesForced();
        this.epochFile = recovered.epochFile();
    }

    /** All that is there when the call gets its turn. */
    synchronized void force(Supplier<LeaderEpochs> epochs, Supplier<List<Segment>> segments) throws IOException {
        LeaderEpochs epochsNow = epochs.get();
        List<Segment> segmentsNow = segments.get();
        anythingToKeep |= segmentsNow.size() > 1 || segmentsNow.stream().anyMatch(Segment::mustBeKept);
        if (!anythingToKeep) {
            return; // a log without records is made anew by a start that does not find it
        }
        for (Segment segment : segmentsNow) {
            force(segment);
        }
        retired.force();
        boolean newEpochs = !epochsNow.equals(forcedEpochs) && (epochFile || !epochsNow.isPlain());
        if (newEpochs) {
            epochFile = true;
            EpochFile.write(disk, directory, epochsNow);
        }
        if (newEpochs || !segmentsNow.equals(forcedSegments)) {
            disk.forceDirectory(directory);
        }
        if (newEpochs) {
            forcedEpochs = epochsNow;
        }
        forcedSegments = segmentsNow;
    }

    /** Does nothing if the segment was closed meanwhile. */
    static void force(Segment segment) throws IOException {
        if (segment.retain()) {
            try {
                segment.force();
            } finally {
                segment.release();
            }
        }
    }
}
