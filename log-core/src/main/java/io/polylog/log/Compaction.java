package io.polylog.log;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.disk.Disk;
import io.polylog.record.BatchFilter;
import io.polylog.record.BatchHeader;
import io.polylog.record.RecordBatch;
import io.polylog.record.RecordScan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One pass over a log that keeps the last record of each key: it looks which keys the new segments have, and writes the old
 * and the new anew without the records that others have taken the place of. Offsets stay what they were. Nothing but new
 * files comes of it until {@link PartitionLog#swap}; a crash before that leaves files that the next start deletes.
 *
 * <p>Used once, by one thread, that may block. Meanwhile the log is read, appended to and trimmed.
 */
public final class Compaction {

    /** Keeps a pass from taking the disk and the processor from clients. */
    @FunctionalInterface
    public interface Pace {
        /**
         * So many bytes were read.
         *
         * @throws InterruptedException if the pass is to be given up
         */
        void after(int bytes) throws InterruptedException;
    }

    private final Disk disk;
    private final Path directory;
    private final CompactionPlan plan;
    private final CompactionRules rules;
    private final int indexIntervalBytes;
    private final long nowMs;
    private long cleanedTo;

    Compaction(
            Disk disk, Path directory, CompactionPlan plan, CompactionRules rules, int indexIntervalBytes, long nowMs) {
        this.disk = disk;
        this.directory = directory;
        this.plan = plan;
        this.rules = rules;
        this.indexIntervalBytes = indexIntervalBytes;
        this.nowMs = nowMs;
        this.cleanedTo = plan.end();
    }

    /**
     * @param mapBytes memory for keys; if it does not suffice, another pass goes on where this one ends
     * @param lastOffsets of each idempotent producer, whose last batch is kept, if empty, so that its sequence is known
     * @throws RefusedException STORAGE_FAILED where a segment is damaged; CLOSED if the log is
     * @throws InterruptedException if {@code pace} gave it up
     */
    public Compacted run(int mapBytes, Map<Long, Long> lastOffsets, Pace pace)
            throws IOException, InterruptedException {
        List<Segment> held = hold();
        List<Compacted.Replacement> made = new ArrayList<>();
        boolean done = false;
        try {
            KeyOffsets offsets = keys(mapBytes, pace);
            BatchFilter filter = new BatchFilter(
                    (offset, key) -> offset >= offsets.get(key), nowMs, rules.deleteRetentionMs(), cleanedTo);
            for (List<Segment> group : groups()) {
                rewrite(group, filter, lastOffsets, pace, made);
            }
            disk.forceDirectory(directory);
            done = true;
            return new Compacted(made, cleanedTo);
        } finally {
            for (Segment segment : held) {
                segment.release();
            }
            if (!done) {
                new Compacted(made, cleanedTo).discard(disk);
            }
        }
    }

    /** Keeps all files open that are looked at: transactions may end behind what is compacted. */
    private List<Segment> hold() throws IOException {
        List<Segment> held = new ArrayList<>();
        for (Segment segment : plan.view().segments()) {
            if (!segment.retain()) {
                for (Segment before : held) {
                    before.release();
                }
                throw new RefusedException(Refusal.CLOSED, "the log in " + directory + " was closed or trimmed");
            }
            held.add(segment);
        }
        return held;
    }

    // ---- keys ---------------------------------------------------------------------------------------------------

    private KeyOffsets keys(int mapBytes, Pace pace) throws IOException, InterruptedException {
        AbortedTransactions aborted = new AbortedTransactions();
        long most = 0;
        for (int i = plan.firstDirty(); i < plan.segments().size(); i++) {
            BatchCursor cursor = plan.cursor(i);
            while (cursor.next()) {
                aborted.see(cursor);
                most += isDirty(cursor) ? cursor.header().lastOffsetDelta() + 1 : 0;
                pace.after(RecordBatch.OVERHEAD);
            }
        }
        for (int i = plan.segments().size();
                aborted.anyOpen() && i < plan.view().segments().size();
                i++) {
            BatchCursor cursor = plan.cursor(i);
            while (aborted.anyOpen() && cursor.next()) {
                aborted.see(cursor);
                pace.after(RecordBatch.OVERHEAD);
            }
        }
        KeyOffsets offsets = new KeyOffsets(most, mapBytes);
        for (int i = plan.firstDirty(); i < plan.segments().size(); i++) {
            BatchCursor cursor = plan.cursor(i);
            while (cursor.next()) {
                if (isDirty(cursor) && !aborted.contains(cursor.header())) {
                    cursor.look(batch -> RecordScan.keys(batch, (offset, key) -> {
                        if (offset >= plan.dirtyFrom() && offsets.isFull()) {
                            cleanedTo = offset;
                        } else if (offset >= plan.dirtyFrom()) {
                            offsets.put(key, offset);
                        }
                        return cleanedTo == plan.end();
                    }));
                    pace.after(cursor.header().sizeInBytes());
                    if (cleanedTo < plan.end()) {
                        return offsets;
                    }
                }
            }
        }
        return offsets;
    }

    private boolean isDirty(BatchCursor cursor) {
        return cursor.nextOffset() > plan.dirtyFrom() && !cursor.header().isControl();
    }

    // ---- segments -----------------------------------------------------------------------------------------------

    /** Neighbours that fit into one segment together. */
    private List<List<Segment>> groups() {
        List<List<Segment>> groups = new ArrayList<>();
        List<Segment> group = new ArrayList<>();
        long bytes = 0;
        for (int i = 0; i < plan.segments().size() && plan.segments().get(i).baseOffset() < cleanedTo; i++) {
            Segment segment = plan.segments().get(i);
            boolean fits = group.isEmpty()
                    || (bytes + segment.size() <= rules.segmentBytes()
                            && plan.view().readableEnd(i) - group.get(0).baseOffset() <= Integer.MAX_VALUE);
            if (!fits) {
                groups.add(group);
                group = new ArrayList<>();
                bytes = 0;
            }
            group.add(segment);
            bytes += segment.size();
        }
        groups.add(group);
        return groups;
    }

    private void rewrite(
            List<Segment> group,
            BatchFilter filter,
            Map<Long, Long> lastOffsets,
            Pace pace,
            List<Compacted.Replacement> made)
            throws IOException, InterruptedException {
        SegmentName name =
                new SegmentName(group.get(0).baseOffset(), group.get(0).name().generation() + 1);
        disk.delete(name.index(directory));
        disk.delete(name.log(directory));
        Compacted.Replacement replacement = new Compacted.Replacement(group, Segment.create(disk, directory, name));
        made.add(replacement);
        boolean changed = group.size() > 1;
        for (Segment segment : group) {
            int i = plan.segments().indexOf(segment);
            BatchCursor cursor = plan.cursor(i);
            while (cursor.next()) {
                BatchHeader header = cursor.header();
                // So that whoever reads to the end of what was compacted finds where that is.
                boolean last = i == plan.segments().size() - 1 && cursor.nextPosition() == segment.size();
                boolean keepEmpty = last || lastOffsets.getOrDefault(header.producerId(), -1L) == header.lastOffset();
                changed |= copy(cursor, filter, keepEmpty, replacement.fresh());
                pace.after(header.sizeInBytes());
            }
        }
        if (!changed) {
            made.remove(replacement);
            replacement.discard(disk);
            return;
        }
        int end = plan.segments().indexOf(group.get(group.size() - 1));
        replacement.fresh().coverTo(plan.view().readableEnd(end));
        replacement.fresh().seal();
        replacement.fresh().force();
    }

    /** Answers whether what was written differs from what was read. */
    private boolean copy(BatchCursor cursor, BatchFilter filter, boolean keepEmpty, Segment target) throws IOException {
        boolean[] changed = {false};
        cursor.look(batch -> {
            RecordBatch left = filter.apply(batch, keepEmpty);
            changed[0] = left == null || !left.buffer().equals(batch.buffer());
            if (left != null) {
                target.append(left, indexIntervalBytes);
            }
        });
        return changed[0];
    }
}
