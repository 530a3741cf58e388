package io.polylog.log;

import io.polylog.broker.Fetcher.TimedOffset;
import io.polylog.broker.LogRead;
import io.polylog.broker.PartitionOffsets;
import io.polylog.disk.Disk;
import io.polylog.record.RecordBatch;
import io.polylog.record.TopicPartition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The log of one partition in one directory: segments of record batches, in the order of their offsets without a gap.
 *
 * <p>Its owner is the thread that first appends, the apply thread of the partition's replica group: it alone appends,
 * publishes, advances the log start and asks for {@link #position}. Readers on any thread see what was last published,
 * and take no lock. A checkpoint thread may {@link #force} and {@link #removeRetired} meanwhile. {@link #close} and {@link
 * #delete} come last, when no append or force is under way; open slices stay readable after either.
 *
 * <p>What is appended is durable only once forced: the command log restores the rest, after {@link #open} has cut the
 * log back to a position it recorded. An {@link IOException} on the owner's side leaves the log unfit for further
 * appends, and the owner stops; a reader's fault is a {@link io.polylog.broker.RefusedException} and changes nothing.
 */
public final class PartitionLog implements AutoCloseable {

    private final Disk disk;
    private final Path directory;
    private final TopicPartition partition;
    private final LogReader reader;
    private final LogForcer forcer;

    // Written by the owner, read by whoever forces: what was appended, published or not.
    private volatile List<Segment> segments;
    private volatile LeaderEpochs epochs;

    /** Segments below the log start whose files are kept still: the last durable checkpoint may need them. */
    private final RetiredSegments retired = new RetiredSegments();

    private Segment active;
    private LogSettings settings;
    private long logStart;
    private @Nullable Thread owner;

    /** Of the segment that was active at the last durable checkpoint: what lies before it stays as it is, if not compacted. */
    private volatile long settledTo;

    /** Records below it have been compacted with each other. */
    private volatile long cleanedTo;

    private PartitionLog(
            Disk disk,
            Path directory,
            TopicPartition partition,
            LogSettings settings,
            long logStart,
            LogRecovery.Recovered recovered) {
        this.disk = disk;
        this.directory = directory;
        this.partition = partition;
        this.settings = settings;
        this.segments = recovered.segments();
        this.epochs = recovered.epochs();
        this.active = segments.get(segments.size() - 1);
        this.logStart = logStart;
        this.settledTo = active.baseOffset();
        this.cleanedTo = recovered.cleanedTo();
        this.reader = new LogReader(partition, view(active.endOffset()));
        this.forcer = new LogForcer(disk, directory, retired, recovered);
    }

    /**
     * Opens the log, or creates it, as it was at {@code end}, and publishes that.
     *
     * @param directory holds this log and nothing else
     * @param end a position that was forced, or {@link LogPosition#EMPTY} to delete all and begin at offset 0
     * @param logStart offset of the first record that may be read, from 0 to the end
     * @throws io.polylog.broker.RefusedException STORAGE_FAILED if the files do not hold what was forced
     */
    public static PartitionLog open(
            Disk disk, Path directory, TopicPartition partition, LogSettings settings, LogPosition end, long logStart)
            throws IOException {
        LogRecovery recovery = new LogRecovery(disk, directory, settings);
        return new PartitionLog(disk, directory, partition, settings, logStart, recovery.recover(end, logStart));
    }

    // ---- owner thread -------------------------------------------------------------------------------------------

    /**
     * Writes a batch at the end; readers see it after {@link #publish}. Where the log rolls to a new segment depends on
     * the settings and on the sizes and timestamps of the batches only, so that all replicas roll alike.
     *
     * @param placed carries {@link #endOffset} as its base offset, and an epoch not below the last one
     */
    public void append(RecordBatch placed) throws IOException {
        checkOwner();
        if (placed.baseOffset() != active.endOffset()) {
            throw new IllegalStateException("batch of offset " + placed.baseOffset() + " at the end "
                    + active.endOffset() + " of " + partition);
        }
        LeaderEpochs extended = epochs.with(placed.leaderEpoch(), placed.baseOffset());
        if (!active.hasRoomFor(placed, settings)) {
            roll();
        }
        active.append(placed, settings.indexIntervalBytes());
        epochs = extended;
    }

    /** From now on segments roll as these say. */
    public void configure(LogSettings changed) {
        checkOwner();
        settings = changed;
    }

    private void roll() throws IOException {
        active.seal();
        Segment next = Segment.create(disk, directory, new SegmentName(active.endOffset(), 0));
        List<Segment> longer = new ArrayList<>(segments);
        longer.add(next);
        segments = List.copyOf(longer);
        active = next;
    }

    /**
     * Takes the records before {@code offset} away from readers, once that is published. Segments that hold nothing else
     * are retired: their files stay until {@link #removeRetired}. Does nothing if the log starts there or later already.
     *
     * @param offset up to {@link #endOffset}
     */
    public void advanceLogStart(long offset) {
        checkOwner();
        if (offset > active.endOffset()) {
            throw new IllegalArgumentException("log start " + offset + " after the end of " + partition);
        }
        if (offset <= logStart) {
            return;
        }
        logStart = offset;
        retireBeforeStart();
    }

    /**
     * Like {@link #advanceLogStart}, and if no record is left the active segment is closed, so that it is retired too.
     *
     * @param offset up to {@link #endOffset}
     */
    public void expire(long offset) throws IOException {
        advanceLogStart(offset);
        if (logStart == active.endOffset() && active.size() > 0) {
            roll();
        }
        retireBeforeStart();
    }

    private void retireBeforeStart() {
        List<Segment> kept = new ArrayList<>(segments);
        while (kept.size() > 1 && kept.get(1).baseOffset() <= logStart) {
            retired.add(kept.remove(0));
        }
        segments = List.copyOf(kept);
    }

    /**
     * Puts compacted segments in the place of those that they were made of, and shows them to readers.
     *
     * @return false, and nothing was done, if one of those is not there any more: then {@link #discard} it, else {@link
     *     #keep} it
     */
    public boolean swap(Compacted compacted) {
        checkOwner();
        Optional<List<Segment>> swapped = compacted.swappedInto(segments);
        swapped.ifPresent(list -> {
            segments = list;
            cleanedTo = compacted.cleanedTo();
            publish(reader.offsets().lastStable());
        });
        return swapped.isPresent();
    }

    /** Where the log starts now, published or not. */
    public long logStart() {
        return logStart;
    }

    /**
     * Shows readers all that was appended.
     *
     * @param lastStable end of what a reader of committed records may see, exclusive: the first offset of a batch, or the
     *     end of the log
     */
    public void publish(long lastStable) {
        checkOwner();
        reader.show(view(lastStable));
    }

    /** Shows readers all that was appended, none of it in an open transaction. */
    public void publish() {
        publish(active.endOffset());
    }

    private LogView view(long lastStable) {
        return new LogView(
                segments,
                logStart,
                active.endOffset(),
                Math.max(logStart, lastStable),
                active.size(),
                active.maxTimestamp(),
                epochs);
    }

    /** Where the log ends now, published or not. */
    public LogPosition position() {
        return new LogPosition(active.baseOffset(), active.size(), active.endOffset());
    }

    /** Offset of the next record to be appended. */
    public long endOffset() {
        return active.endOffset();
    }

    private void checkOwner() {
        Thread current = Thread.currentThread();
        if (owner == null) {
            owner = current;
        } else if (owner != current) {
            throw new IllegalStateException(
                    "the log of " + partition + " belongs to " + owner.getName() + ", not to " + current.getName());
        }
    }

    // ---- checkpoint thread --------------------------------------------------------------------------------------

    /**
     * Makes all that was appended before the call survive a crash, if the name of the log's directory does. Any thread; a
     * second one waits for the first.
     */
    public void force() throws IOException {
        forcer.force(() -> epochs, () -> segments);
    }

    /** Segments that are retired now: give them to {@link #removeRetired} once no checkpoint needs them. */
    public int retiredSegments() {
        return retired.count();
    }

    /** Deletes the files of the first {@code count} retired segments. Their open slices stay readable. */
    public void removeRetired(int count) throws IOException {
        retired.remove(count, disk);
    }

    /** Base offset of the segment that readers see last: give it to {@link #settled} once a checkpoint holds it. */
    public long activeBase() {
        List<Segment> shown = reader.view().segments();
        return shown.get(shown.size() - 1).baseOffset();
    }

    /** The durable checkpoint has the segments below {@code activeBase} as closed: no start goes back into them. */
    public void settled(long activeBase) {
        settledTo = activeBase;
    }

    // ---- compaction thread --------------------------------------------------------------------------------------

    /**
     * What compaction there is to do now, if any; one at a time.
     *
     * @param nowMs milliseconds since the Unix epoch
     */
    public Optional<Compaction> compaction(CompactionRules rules, long nowMs) throws IOException {
        return CompactionPlan.due(reader.view(), settledTo, cleanedTo, rules, nowMs)
                .map(plan ->
                        new Compaction(disk, directory, plan, rules, LogSettings.DEFAULT.indexIntervalBytes(), nowMs));
    }

    /** Makes a swap outlast a crash, then deletes the files that were replaced. Open slices of them stay readable. */
    public void keep(Compacted compacted) throws IOException {
        try {
            CompactedSegments.of(segments, cleanedTo).write(disk, directory);
        } finally {
            compacted.releaseOld();
        }
        compacted.deleteOld(disk);
    }

    /** Deletes the files of a compaction that was not swapped in. */
    public void discard(Compacted compacted) throws IOException {
        compacted.discard(disk);
    }

    // ---- any thread ---------------------------------------------------------------------------------------------

    /** What readers may see. */
    public PartitionOffsets offsets() {
        return reader.offsets();
    }

    /** How many bytes of batches readers may see. */
    public long sizeInBytes() {
        return reader.view().readableBytes();
    }

    /**
     * Reads whole batches, from the one that contains {@code offset} to at most the end of its segment and never beyond
     * the high watermark; none at the high watermark.
     *
     * @param maxBytes upper bound of the slice, from 0
     * @param atLeastOneBatch whether the first batch comes even if it alone exceeds {@code maxBytes}
     * @throws io.polylog.broker.RefusedException OFFSET_OUT_OF_RANGE; STORAGE_FAILED with file and position where the
     *     segment is damaged; CLOSED
     */
    public LogRead read(long offset, int maxBytes, boolean atLeastOneBatch) {
        return reader.read(offset, maxBytes, atLeastOneBatch);
    }

    /** Like {@link #read}, but never at or beyond the last stable offset. */
    public LogRead readCommitted(long offset, int maxBytes, boolean atLeastOneBatch) {
        return reader.readCommitted(offset, maxBytes, atLeastOneBatch);
    }

    /**
     * The first record whose timestamp is at or after {@code timestampMs}, also inside a batch.
     *
     * @throws io.polylog.broker.RefusedException STORAGE_FAILED, CLOSED
     */
    public Optional<TimedOffset> offsetForTime(long timestampMs) {
        return reader.offsetForTime(timestampMs);
    }

    /**
     * The record with the largest timestamp; the first of them if several share it.
     *
     * @throws io.polylog.broker.RefusedException STORAGE_FAILED, CLOSED
     */
    public Optional<TimedOffset> offsetOfMaxTimestamp() {
        return reader.offsetOfMaxTimestamp();
    }

    /**
     * Up to where the log holds nothing but what may go: whole segments, oldest first, whose largest timestamp is too old, and
     * those beyond a size. Empty if nothing may. A segment none of whose records bears a time does not grow old.
     *
     * @param nowMs milliseconds since the Unix epoch
     * @param retentionMs how old records may grow, in milliseconds; negative for any age
     * @param retentionBytes how many bytes of segments are kept; negative for all
     */
    public OptionalLong expiredEnd(long nowMs, long retentionMs, long retentionBytes) {
        return reader.expiredEnd(nowMs, retentionMs, retentionBytes);
    }

    /** Where records of a leader epoch end; empty for an epoch the log knows nothing about, being later than all. */
    public Optional<EpochEnd> endOffsetForEpoch(int leaderEpoch) {
        return reader.endOffsetForEpoch(leaderEpoch);
    }

    public TopicPartition partition() {
        return partition;
    }

    // ---- end ----------------------------------------------------------------------------------------------------

    /** Lets go of the files without forcing them. Open slices stay readable. May be called more than once. */
    @Override
    public void close() throws IOException {
        List<Segment> open = segments;
        segments = List.of();
        for (Segment segment : open) {
            segment.release();
        }
        retired.close();
    }

    /** Closes the log and removes its directory. The bytes of open slices stay readable; the last one frees them. */
    public void delete() throws IOException {
        List<Segment> given = new ArrayList<>(segments);
        given.addAll(retired.all());
        close();
        for (Segment segment : given) {
            segment.stayReadable();
        }
        disk.delete(directory);
    }
}
