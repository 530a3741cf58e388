package io.polylog.disk;

import io.polylog.metric.Meters;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A disk whose files may be in use by the ten thousand, and of which few are open: those that nobody has used for long
 * are closed, and opened again when somebody comes. Whoever holds a file does not notice.
 *
 * <p>A file with bytes that are not forced is never closed for want of room: the operating system may fail to write
 * them, and tells that only to those who had the file open. So writers force, when there are many such files, the one
 * that has waited longest, before they write to one more; should that force fail, every later one of that file fails
 * too, for its owner to see. Readers never force.
 *
 * <p>A file is found again under its name, and must be the one that was made or found there at first. Before a name is
 * deleted whose file is still read, {@link DiskFile#keepOpen} must be called. Any thread.
 */
public final class FrugalDisk extends ForwardingDisk {

    private final Disk disk;
    private final OpenFiles open;

    /**
     * @param mostOpen files that are open at a time, from 4; more only while more are being used at the same moment, or
     *     have been deleted
     */
    public FrugalDisk(Disk disk, int mostOpen, Meters meters) {
        super(disk);
        this.disk = disk;
        this.open = new OpenFiles(mostOpen, meters.counter("polylog_log_files_reopened_total"));
        meters.gauge("polylog_log_files_open", open::count);
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        return FrugalFile.open(disk, open, file);
    }

    @Override
    public DiskFile openExisting(Path file) throws IOException {
        return FrugalFile.openExisting(disk, open, file);
    }
}
