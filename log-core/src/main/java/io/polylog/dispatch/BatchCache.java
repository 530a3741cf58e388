package io.polylog.dispatch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Recently decoded batches of every partition, bounded for each partition and for the process.
 *
 * <p>A partition that is full forgets its lowest offsets, so that a reader far behind never drives out the tail that
 * all others share; a process that is full forgets what was least recently used. Thread-safe by one lock that is never
 * held during I/O or decoding.
 */
final class BatchCache {

    private final DispatchLimits limits;
    private final LinkedHashMap<DecodedBatch, Slot> recentlyUsed = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    BatchCache(DispatchLimits limits) {
        this.limits = limits;
    }

    Slot slot() {
        return new Slot();
    }

    synchronized long sizeInBytes() {
        return bytes;
    }

    synchronized int batchCount() {
        return recentlyUsed.size();
    }

    /** One partition's part of the cache. */
    final class Slot {
        private final TreeMap<Long, DecodedBatch> batches = new TreeMap<>();
        private long slotBytes;

        /**
         * Adjacent batches beginning with the one that contains {@code offset}; none if that one is not here.
         *
         * @param maxRecords no further batch is added once there are this many records
         * @param maxBytes no further batch is added once they take this many bytes
         */
        List<DecodedBatch> from(long offset, int maxRecords, int maxBytes) {
            List<DecodedBatch> found = new ArrayList<>();
            synchronized (BatchCache.this) {
                Map.Entry<Long, DecodedBatch> floor = batches.floorEntry(offset);
                DecodedBatch next = floor == null || floor.getValue().lastOffset() < offset ? null : floor.getValue();
                long records = 0;
                long size = 0;
                while (next != null && records < maxRecords && size < maxBytes) {
                    found.add(next);
                    recentlyUsed.get(next);
                    records += next.recordCount();
                    size += next.sizeInBytes();
                    next = batches.get(next.lastOffset() + 1);
                }
            }
            return found;
        }

        void put(DecodedBatch batch) {
            synchronized (BatchCache.this) {
                DecodedBatch before = batches.put(batch.baseOffset(), batch);
                if (before != null) {
                    forget(before);
                }
                recentlyUsed.put(batch, this);
                slotBytes += batch.sizeInBytes();
                bytes += batch.sizeInBytes();
                while (batches.size() > limits.partitionBatches() || slotBytes > limits.partitionBytes()) {
                    forget(batches.pollFirstEntry().getValue());
                }
                while (recentlyUsed.size() > limits.cacheBatches() || bytes > limits.cacheBytes()) {
                    Map.Entry<DecodedBatch, Slot> eldest =
                            recentlyUsed.entrySet().iterator().next();
                    eldest.getValue().batches.remove(eldest.getKey().baseOffset());
                    eldest.getValue().forget(eldest.getKey());
                }
            }
        }

        void clear() {
            synchronized (BatchCache.this) {
                batches.values().forEach(this::forget);
                batches.clear();
            }
        }

        /** Takes a batch that has left {@link #batches} out of the accounts. The caller holds the lock. */
        private void forget(DecodedBatch batch) {
            recentlyUsed.remove(batch);
            slotBytes -= batch.sizeInBytes();
            bytes -= batch.sizeInBytes();
        }
    }
}
