package io.polylog.engine;

import io.polylog.kv.KeyWriter;
import io.polylog.kv.KvBatch;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** One ledger in memory, and the rows that hold it; {@link LedgerState} draws their layout. Apply thread. */
final class LedgerRows {

    private static final byte START = 0;
    private static final byte ARCHIVED = 1;
    private static final byte FAILURES = 2;
    private static final byte DELIVERED = 3;
    private static final byte RELEASES = 4;

    private final LedgerId id;
    private final NavigableMap<Long, Long> archived = new TreeMap<>();
    private final NavigableMap<Long, Integer> failures = new TreeMap<>();
    private final NavigableMap<Long, Integer> releases = new TreeMap<>();
    private long startOffset;
    private long deliveredEnd;
    private long archivedAbove;

    /** The start offset, and one more for each record that is archived above it. */
    private volatile long archivedRecords;

    LedgerRows(LedgerId id) {
        this.id = id;
    }

    /** Takes one row back; {@code key} stands behind the ledger id. */
    void load(ByteBuffer key, ByteBuffer value) {
        byte kind = key.get();
        switch (kind) {
            case START -> startOffset = value.getLong();
            case ARCHIVED -> {
                long first = key.getLong();
                long end = value.getLong();
                archived.put(first, end);
                archivedAbove += end - first;
            }
            case DELIVERED -> deliveredEnd = value.getLong();
            case FAILURES -> failures.put(key.getLong(), value.getInt());
            case RELEASES -> releases.put(key.getLong(), value.getInt());
            default -> throw new IllegalStateException("row of kind " + kind + " in the ledger " + id);
        }
        archivedRecords = startOffset + archivedAbove;
    }

    LedgerSnapshot snapshot() {
        return new LedgerSnapshot(startOffset, archived, failures, releases, deliveredEnd);
    }

    LedgerId id() {
        return id;
    }

    long startOffset() {
        return startOffset;
    }

    /**
     * How many records are not archived, about: what the log has let go counts no more. Any thread may ask.
     *
     * @param logStart of the partition's log
     * @param end of the partition's log, exclusive
     */
    long unsettled(long logStart, long end) {
        return Math.max(0, Math.min(end - archivedRecords, end - logStart));
    }

    /** Raises the mark below which records have been handed out. */
    void delivered(long end, KvBatch changes) {
        if (end > deliveredEnd) {
            deliveredEnd = end;
            changes.put(LedgerState.FAMILY, ledgerKey().int8(DELIVERED).toBytes(), int64(end));
        }
    }

    void start(long offset, KvBatch changes) {
        startOffset = offset;
        archivedRecords = startOffset + archivedAbove;
        changes.put(LedgerState.FAMILY, key().toBytes(), int64(offset));
    }

    /** Whether any offset of the run is archived. */
    boolean anyArchived(long from, long to) {
        Map.Entry<Long, Long> before = archived.lowerEntry(to);
        return from < startOffset || (before != null && before.getValue() > from);
    }

    /** Archives a run none of which is archived, joining it with its neighbours. */
    void archive(long from, long to, KvBatch changes) {
        forget(FAILURES, failures, from, to, changes);
        forget(RELEASES, releases, from, to, changes);
        long end = to;
        Long nextEnd = archived.remove(to);
        if (nextEnd != null) {
            changes.delete(LedgerState.FAMILY, key(ARCHIVED, to));
            archivedAbove -= nextEnd - to;
            end = nextEnd;
        }
        if (from == startOffset) {
            start(end, changes);
            return;
        }
        Map.Entry<Long, Long> before = archived.lowerEntry(from);
        long first = before != null && before.getValue() == from ? before.getKey() : from;
        archived.put(first, end);
        archivedAbove += end - from;
        archivedRecords = startOffset + archivedAbove;
        changes.put(LedgerState.FAMILY, key(ARCHIVED, first), int64(end));
    }

    /** Counts one failed delivery of each record of the run. */
    void fail(long from, long to, KvBatch changes) {
        count(FAILURES, failures, from, to, changes);
    }

    /** Counts that each record of the run was given back. */
    void release(long from, long to, KvBatch changes) {
        count(RELEASES, releases, from, to, changes);
    }

    private void count(byte kind, NavigableMap<Long, Integer> counts, long from, long to, KvBatch changes) {
        for (long offset = from; offset < to; offset++) {
            int count = counts.merge(offset, 1, Integer::sum);
            changes.put(
                    LedgerState.FAMILY,
                    key(kind, offset),
                    ByteBuffer.allocate(Integer.BYTES).putInt(count).array());
        }
    }

    private void forget(byte kind, NavigableMap<Long, Integer> counts, long from, long to, KvBatch changes) {
        NavigableMap<Long, Integer> settled = counts.subMap(from, true, to, false);
        settled.keySet().forEach(offset -> changes.delete(LedgerState.FAMILY, key(kind, offset)));
        settled.clear();
    }

    /** Takes all rows away; this object is of no more use. */
    void delete(KvBatch changes) {
        byte[] prefix = ledgerKey().toBytes();
        changes.deleteRange(LedgerState.FAMILY, prefix, KeyWriter.endOfPrefix(prefix));
    }

    /** The ledger id as {@link LedgerId#read} reads it, whose order keeps a partition's ledgers together. */
    private KeyWriter ledgerKey() {
        return new KeyWriter().uuid(id.topicId()).int32(id.partition()).text(id.groupId());
    }

    private KeyWriter key() {
        return ledgerKey().int8(START);
    }

    private byte[] key(byte kind, long offset) {
        return ledgerKey().int8(kind).int64(offset).toBytes();
    }

    private static byte[] int64(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }
}
