package io.polylog.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.record.StoredRecord;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchCacheTest {

    private final BatchCache cache = new BatchCache(new DispatchLimits(1, 1, 1, 1, 1, 3, 1 << 20, 4, 1 << 20));
    private final BatchCache.Slot one = cache.slot();
    private final BatchCache.Slot two = cache.slot();

    private static DecodedBatch batch(long base, int count) {
        List<StoredRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(new StoredRecord(base + i, new Record(null, new byte[10], 0, Headers.EMPTY)));
        }
        return new DecodedBatch(base, base + count - 1, records);
    }

    @Test
    void findsTheBatchThatContainsAnOffsetAndItsNeighbours() {
        one.put(batch(0, 5));
        one.put(batch(5, 5));
        one.put(batch(20, 5));
        assertThat(one.from(3, 100, 1 << 20))
                .extracting(DecodedBatch::baseOffset)
                .containsExactly(0L, 5L);
        assertThat(one.from(3, 5, 1 << 20)).extracting(DecodedBatch::baseOffset).containsExactly(0L);
        assertThat(one.from(12, 100, 1 << 20)).isEmpty();
        assertThat(two.from(3, 100, 1 << 20)).isEmpty();
    }

    @Test
    void fullPartitionForgetsItsLowestOffsets() {
        for (int i = 0; i < 5; i++) {
            one.put(batch(i, 1));
        }
        assertThat(one.from(1, 1, 1)).isEmpty();
        assertThat(one.from(2, 1, 1)).hasSize(1);
    }

    @Test
    void fullProcessForgetsTheLeastRecentlyUsed() {
        one.put(batch(0, 1));
        one.put(batch(1, 1));
        two.put(batch(0, 1));
        assertThat(one.from(0, 1, 1)).hasSize(1);
        two.put(batch(1, 1));
        two.put(batch(2, 1));
        assertThat(one.from(1, 1, 1)).isEmpty();
        assertThat(one.from(0, 1, 1)).hasSize(1);
        assertThat(cache.batchCount()).isEqualTo(4);
    }

    @Test
    void accountsAreEmptyWhenAllIsForgotten() {
        one.put(batch(0, 3));
        one.put(batch(0, 4));
        one.put(batch(4, 4));
        one.clear();
        assertThat(cache.sizeInBytes()).isZero();
        assertThat(cache.batchCount()).isZero();
    }
}
