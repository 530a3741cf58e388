package io.polylog.log;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.disk.Disk;
import io.polylog.disk.DiskFile;
import io.polylog.log.IndexBlock.Entry;
import io.polylog.record.BatchHeader;
import io.polylog.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A run of whole batches in one file, named by the offset of its first record, and its index.
 *
 * <p>The apply thread appends. Size, end and largest timestamp are that thread's own while the segment grows; readers
 * learn them from the {@link LogView}, and may ask the segment itself only when a view shows it closed. The files stay
 * open until the log and every slice have let go of the segment.
 */
final class Segment {

    /** Of a timestamp that was not looked at yet. */
    private static final long UNKNOWN = Long.MIN_VALUE;

    private final SegmentName name;
    private final long baseOffset;
    private final Path path;
    private final DiskFile data;
    private final SegmentIndex index;
    private final UnprovedBytes unproved = new UnprovedBytes();
    private final AtomicInteger holders = new AtomicInteger(1);
    private volatile boolean unforced;
    private volatile @Nullable IOException forceFailure;
    private int size;
    private long endOffset;
    private long maxTimestamp = Long.MIN_VALUE;
    private int lastIndexedPosition;
    private int indexEntries;
    private long firstTimestamp = UNKNOWN;

    Segment(SegmentName name, Path path, DiskFile data, SegmentIndex index) {
        this.name = name;
        this.baseOffset = name.base();
        this.path = path;
        this.data = data;
        this.index = index;
        this.endOffset = baseOffset;
    }

    static Segment create(Disk disk, Path directory, SegmentName name) throws IOException {
        Path path = name.log(directory);
        SegmentIndex index = SegmentIndex.create(disk, name.index(directory), name.base());
        return new Segment(name, path, disk.open(path), index);
    }

    /** Looks at the batch and at what is here, never at a clock. */
    boolean hasRoomFor(RecordBatch batch, LogSettings settings) throws IOException {
        return size == 0
                || ((long) size + batch.sizeInBytes() <= settings.segmentBytes()
                        && batch.lastOffset() + 1 - baseOffset <= Integer.MAX_VALUE
                        && indexEntries < settings.indexEntries()
                        && !outlivedBy(batch.maxTimestamp(), settings.segmentMs(baseOffset)));
    }

    /** Where the first batch bears no time, none that follows is late. */
    private boolean outlivedBy(long timestampMs, long mostMs) throws IOException {
        return mostMs != Long.MAX_VALUE && firstTimestamp() >= 0 && timestampMs - firstTimestamp() > mostMs;
    }

    /** Largest timestamp of the first batch; after a start it is read from there. */
    private long firstTimestamp() throws IOException {
        if (firstTimestamp == UNKNOWN) {
            ByteBuffer header = ByteBuffer.allocate(RecordBatch.OVERHEAD);
            read(header, 0);
            firstTimestamp = BatchHeader.read(header, 0).maxTimestamp();
        }
        return firstTimestamp;
    }

    void append(RecordBatch batch, int indexIntervalBytes) throws IOException {
        data.write(batch.buffer(), size);
        unforced = true;
        grow(batch.sizeInBytes(), batch.baseOffset(), batch.lastOffset(), batch.maxTimestamp(), indexIntervalBytes);
    }

    /** Takes a batch into account that stands at the end of the file. */
    void grow(int bytes, long batchBase, long batchLast, long batchMaxTimestamp, int indexIntervalBytes)
            throws IOException {
        if (size - lastIndexedPosition >= indexIntervalBytes) {
            index.add(new Entry((int) (batchBase - baseOffset), size, maxTimestamp));
            lastIndexedPosition = size;
            indexEntries++;
        }
        if (size == 0) {
            firstTimestamp = batchMaxTimestamp;
        }
        size += bytes;
        endOffset = batchLast + 1;
        maxTimestamp = Math.max(maxTimestamp, batchMaxTimestamp);
    }

    /** Begins to count where an index entry stands, so that only what follows it must be read again. */
    void resumeAt(Entry entry) {
        size = entry.position();
        lastIndexedPosition = entry.position();
        endOffset = baseOffset + entry.relativeOffset();
        maxTimestamp = entry.maxTimestampBefore();
        indexEntries = index.entries();
    }

    /** Cuts the file back to what is believed; the next force covers that, lest the rest come back in a later crash. */
    void truncateTo(int bytes) throws IOException {
        if (data.size() > bytes) {
            data.truncate(bytes);
            unforced = true;
        }
    }

    /** For a closed segment with damage: it ends where the next one begins, and every search must look inside. */
    void endUnverified(int bytes, long nextBase) {
        size = bytes;
        endOffset = nextBase;
        maxTimestamp = Long.MAX_VALUE;
    }

    /** What follows the last batch of a compacted segment holds no record: it stands for the log up to {@code end}. */
    void coverTo(long end) {
        endOffset = end;
    }

    /** Closes the segment to further appends. */
    void seal() throws IOException {
        index.seal(new Entry((int) (endOffset - baseOffset), size, maxTimestamp));
    }

    /**
     * Forces what was appended before the call. Any thread, one at a time. Fails for ever once it has failed: a later
     * force would succeed though the operating system may have dropped what it could not write.
     */
    void force() throws IOException {
        IOException before = forceFailure;
        if (before != null) {
            throw new IOException("segment " + path + " could not be forced before", before);
        }
        if (unforced) {
            // Cleared first: an append during the force sets it again, and the worst that happens is one force too
            // many.
            unforced = false;
            try {
                data.force();
            } catch (IOException failed) {
                forceFailure = failed;
                throw failed;
            }
        }
    }

    /** Deletes the files; what is held stays readable until the last holder lets go. */
    void delete(Disk disk) throws IOException {
        stayReadable();
        disk.delete(index.path());
        disk.delete(path);
    }

    /** Whether it is another than the one that a start without files would make. */
    boolean mustBeKept() {
        return baseOffset > 0 || unforced || forceFailure != null;
    }

    /** Before the file's name goes: whoever holds the segment reads on. */
    void stayReadable() throws IOException {
        if (retain()) {
            try {
                data.keepOpen();
            } finally {
                release();
            }
        }
    }

    /** Fills {@code target} from {@code position} on; fewer bytes than it has room for are damage. */
    void read(ByteBuffer target, int position) throws IOException {
        int wanted = target.remaining();
        int read;
        try {
            read = data.read(target, position);
        } catch (IOException failed) {
            throw new IOException(
                    "cannot read segment " + path + " at byte " + position + ": " + failed.getMessage(), failed);
        }
        if (read < wanted) {
            throw corrupt(position, "the file ends " + (wanted - read) + " bytes early");
        }
    }

    /**
     * Keeps the files open until {@link #release}.
     *
     * @return false if they are closed already
     */
    boolean retain() {
        int now = holders.get();
        while (now > 0) {
            if (holders.compareAndSet(now, now + 1)) {
                return true;
            }
            now = holders.get();
        }
        return false;
    }

    void release() throws IOException {
        if (holders.decrementAndGet() == 0) {
            data.close();
        }
    }

    RefusedException corrupt(long position, String what) {
        return new RefusedException(
                Refusal.STORAGE_FAILED, "corrupt segment " + path + " at byte " + position + ": " + what);
    }

    SegmentName name() {
        return name;
    }

    /** Whether a batch of base offset {@code found} may stand where the one before ended at {@code expected}. */
    boolean mayFollow(long expected, long found) {
        return name.compacted() ? found >= expected : found == expected;
    }

    BatchPlace place(long offset, int position) {
        return new BatchPlace(name, offset, position);
    }

    long baseOffset() {
        return baseOffset;
    }

    int size() {
        return size;
    }

    long endOffset() {
        return endOffset;
    }

    long maxTimestamp() {
        return maxTimestamp;
    }

    /** What of it must be proved before it is given out. */
    UnprovedBytes unproved() {
        return unproved;
    }

    DiskFile data() {
        return data;
    }

    SegmentIndex index() {
        return index;
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
