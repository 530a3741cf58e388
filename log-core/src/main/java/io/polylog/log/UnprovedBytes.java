package io.polylog.log;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which bytes of a segment have to be proved by their CRCs before they are given out: a file transfer, which is how Kafka
 * consumers get them, looks at nothing. What a start finds on disk is proved when it is first read, and what a transfer
 * failed on once more; what this process wrote itself is believed. Any thread; the caller holds the segment.
 */
final class UnprovedBytes {

    /** First byte to end, exclusive; neither adjacent nor overlapping. */
    private final TreeMap<Integer, Integer> runs = new TreeMap<>();

    private volatile boolean any;

    /** From now on these bytes have to be proved. */
    synchronized void add(int from, int to) {
        if (from >= to) {
            return;
        }
        int start = from;
        int end = to;
        Map.Entry<Integer, Integer> before = runs.floorEntry(start);
        if (before != null && before.getValue() >= start) {
            start = before.getKey();
        }
        Map.Entry<Integer, Integer> next;
        while ((next = runs.ceilingEntry(start)) != null && next.getKey() <= end) {
            end = Math.max(end, next.getValue());
            runs.remove(next.getKey());
        }
        runs.put(start, end);
        any = true;
    }

    /**
     * Proves the batches from {@code first} to {@code end}, if there is need.
     *
     * @throws io.polylog.broker.RefusedException STORAGE_FAILED with file and position if one is not what it was
     */
    void prove(Segment segment, BatchPlace first, int end, LeaderEpochs epochs) throws IOException {
        if (any && intersects(first.position(), end)) {
            BatchCheck.all(segment, first, end, epochs);
            remove(first.position(), end);
        }
    }

    private synchronized boolean intersects(int from, int to) {
        Map.Entry<Integer, Integer> before = runs.lowerEntry(to);
        return before != null && before.getValue() > from;
    }

    private synchronized void remove(int from, int to) {
        Map.Entry<Integer, Integer> run;
        while ((run = runs.lowerEntry(to)) != null && run.getValue() > from) {
            runs.remove(run.getKey());
            if (run.getValue() > to) {
                runs.put(to, run.getValue());
            }
            if (run.getKey() < from) {
                runs.put(run.getKey(), from);
            }
        }
        any = !runs.isEmpty();
    }
}
