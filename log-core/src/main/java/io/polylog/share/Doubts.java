package io.polylog.share;

import io.polylog.broker.Isolation;
import io.polylog.dispatch.Cursor;
import io.polylog.dispatch.Dispatcher;
import io.polylog.record.StoredRecord;
import io.polylog.record.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Records that were read before they were decided, in a ledger whose members from now on get only what is committed: nobody
 * gets one before it is found among what is. One that is not there was aborted. Ledger's thread; closed with the ledger.
 */
final class Doubts {

    private final TopicPartition partition;
    private final Dispatcher dispatcher;
    private final Executor thread;
    private final Runnable onReady;
    private final int readRecords;
    private final TreeMap<Long, Delivery> doubtful = new TreeMap<>();
    private @Nullable Cursor cursor;

    /** How far the cursor's records were looked at. */
    private long lookedTo;

    /**
     * @param onReady run when {@link #decide} may find out more
     */
    Doubts(TopicPartition partition, Dispatcher dispatcher, Executor thread, Runnable onReady, ShareLimits limits) {
        this.partition = partition;
        this.dispatcher = dispatcher;
        this.thread = thread;
        this.onReady = onReady;
        this.readRecords = limits.readRecords();
    }

    int count() {
        return doubtful.size();
    }

    /** Whether there are some below the offset. */
    boolean anyBelow(long end) {
        return !doubtful.isEmpty() && doubtful.firstKey() < end;
    }

    void add(Delivery delivery) {
        doubtful.put(delivery.offset(), delivery);
    }

    /** Gives up all of them. */
    List<Delivery> dismiss() {
        List<Delivery> all = List.copyOf(doubtful.values());
        close();
        return all;
    }

    /** Whether the partition can be read no more. */
    boolean ended() {
        return cursor != null && cursor.ended();
    }

    /** Looks through what is committed, as far as that is at hand. */
    void decide(Consumer<Delivery> committed, Consumer<Delivery> aborted) {
        while (!doubtful.isEmpty()) {
            Cursor reading = cursorAt(doubtful.firstKey());
            List<StoredRecord> polled = reading.poll(readRecords);
            for (StoredRecord record : polled) {
                lookedTo = record.offset() + 1;
                abort(record.offset(), aborted);
                Delivery found = doubtful.remove(record.offset());
                if (found != null) {
                    found.decided();
                    committed.accept(found);
                }
            }
            if (polled.isEmpty()) {
                lookedTo = reading.position();
                abort(lookedTo, aborted);
                break;
            }
        }
        if (doubtful.isEmpty()) {
            close();
        }
    }

    private void abort(long end, Consumer<Delivery> aborted) {
        SortedMap<Long, Delivery> passed = doubtful.headMap(end);
        List<Delivery> lost = new ArrayList<>(passed.values());
        passed.clear();
        lost.forEach(aborted);
    }

    private Cursor cursorAt(long offset) {
        Cursor open = cursor;
        if (open != null && lookedTo <= offset && offset - lookedTo <= readRecords) {
            return open;
        }
        if (open != null) {
            open.close();
        }
        open = dispatcher.open(partition, Isolation.COMMITTED, offset, thread, onReady);
        cursor = open;
        lookedTo = offset;
        return open;
    }

    void close() {
        doubtful.clear();
        if (cursor != null) {
            cursor.close();
            cursor = null;
        }
    }
}
