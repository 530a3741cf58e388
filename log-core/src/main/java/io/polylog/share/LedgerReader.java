package io.polylog.share;

import io.polylog.broker.Isolation;
import io.polylog.dispatch.Cursor;
import io.polylog.dispatch.Dispatcher;
import io.polylog.engine.LedgerSnapshot;
import io.polylog.record.StoredRecord;
import io.polylog.record.TopicPartition;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Executor;

/**
 * Reads a partition for its ledger from the ledger's start on, leaving out what is archived. Ledger's thread; closed with
 * the ledger.
 */
final class LedgerReader {

    /** Counts offsets that were passed without a record. */
    interface Skipped {
        /**
         * @param end exclusive
         */
        void count(long from, long end);
    }

    private final TopicPartition partition;
    private final Dispatcher dispatcher;
    private final Executor thread;
    private final Runnable onReady;
    private final int jumpRecords;
    private final Skipped skipped;
    private final TreeMap<Long, Long> archivedAhead;
    private final TreeMap<Long, Integer> failuresAhead;
    private final TreeMap<Long, Integer> releasesAhead;
    private final long deliveredEnd;
    private Isolation isolation;
    private Cursor cursor;
    private long nextOffset;

    /**
     * @param onReady run when there may be records after {@link #read} found none
     */
    LedgerReader(
            TopicPartition partition,
            LedgerSnapshot ledger,
            Isolation isolation,
            Dispatcher dispatcher,
            Executor thread,
            Runnable onReady,
            ShareLimits limits,
            Skipped skipped) {
        this.partition = partition;
        this.dispatcher = dispatcher;
        this.thread = thread;
        this.onReady = onReady;
        this.jumpRecords = limits.readRecords();
        this.skipped = skipped;
        this.archivedAhead = new TreeMap<>(ledger.archived());
        this.failuresAhead = new TreeMap<>(ledger.failures());
        this.releasesAhead = new TreeMap<>(ledger.releases());
        this.deliveredEnd = ledger.deliveredEnd();
        this.nextOffset = ledger.startOffset();
        this.isolation = isolation;
        this.cursor = open();
    }

    private Cursor open() {
        return dispatcher.open(partition, isolation, nextOffset, thread, onReady);
    }

    private void reopen() {
        cursor.close();
        cursor = open();
    }

    Isolation isolation() {
        return isolation;
    }

    /** From now on it moves these records into the window. */
    void isolate(Isolation wanted) {
        isolation = wanted;
        reopen();
    }

    /** Offset up to which the log was looked through. */
    long position() {
        return cursor.position();
    }

    /** Whether the partition can be read no more. */
    boolean ended() {
        return cursor.ended();
    }

    void close() {
        cursor.close();
    }

    /**
     * Moves records from the log into the window until one is available there for a member, or the window is full, or
     * there are none.
     *
     * @param gaps told of offsets that hold no record
     */
    void read(Window window, Member member, SettleQueue gaps) {
        int room;
        while (!window.hasAvailable(member) && (room = window.room()) > 0) {
            List<StoredRecord> polled = cursor.poll(room);
            if (polled.isEmpty()) {
                pass(cursor.position(), gaps); // the log may end with markers or aborted records
                return;
            }
            for (StoredRecord record : polled) {
                admit(record, window, gaps);
            }
            Map.Entry<Long, Long> archived = archivedAhead.floorEntry(nextOffset);
            if (archived != null && archived.getValue() - nextOffset > jumpRecords) {
                nextOffset = archived.getValue();
                reopen();
            }
        }
    }

    private void admit(StoredRecord record, Window window, SettleQueue gaps) {
        pass(record.offset(), gaps);
        nextOffset = record.offset() + 1;
        if (endOfArchived(record.offset()) < 0) {
            int failures = Objects.requireNonNullElse(failuresAhead.remove(record.offset()), 0);
            int seen = record.offset() < deliveredEnd ? 1 : 0;
            int given = failures + Objects.requireNonNullElse(releasesAhead.remove(record.offset()), 0);
            boolean decided = isolation == Isolation.COMMITTED;
            window.add(new Delivery(record, failures, Math.max(given, seen), decided));
        }
        // Runs that lie behind are of no more use.
        Map.Entry<Long, Long> first;
        while ((first = archivedAhead.firstEntry()) != null && first.getValue() <= nextOffset) {
            archivedAhead.remove(first.getKey());
        }
    }

    private void pass(long position, SettleQueue gaps) {
        if (position > nextOffset) {
            skip(nextOffset, position, gaps);
            nextOffset = position;
        }
    }

    /** End of the archived run that contains the offset, or -1 if the offset is not archived. */
    private long endOfArchived(long offset) {
        Map.Entry<Long, Long> run = archivedAhead.floorEntry(offset);
        return run != null && run.getValue() > offset ? run.getValue() : -1;
    }

    /** Passes offsets without a record: transaction markers, aborted records, and what compaction or retention removed. */
    private void skip(long from, long to, SettleQueue gaps) {
        long position = from;
        while (position < to) {
            long archivedEnd = endOfArchived(position);
            if (archivedEnd >= 0) {
                position = archivedEnd;
                continue;
            }
            Long nextRun = archivedAhead.higherKey(position);
            long end = nextRun == null ? to : Math.min(to, nextRun);
            gaps.gap(position, end);
            skipped.count(position, end);
            position = end;
        }
    }
}
