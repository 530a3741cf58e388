package io.polylog.log;

import io.polylog.record.BatchHeader;
import io.polylog.record.RecordScan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which records belong to transactions that were aborted, as the markers behind them say: such a record takes nobody's place.
 * One thread.
 */
final class AbortedTransactions {

    private record Range(long first, long marker) {}

    private final Map<Long, List<Range>> aborted = new HashMap<>();
    private final Map<Long, Long> open = new HashMap<>();

    /** Whether a transaction has begun among the batches seen and not ended. */
    boolean anyOpen() {
        return !open.isEmpty();
    }

    /** Takes the cursor's present batch into account; batches come in order. */
    void see(BatchCursor cursor) throws IOException {
        BatchHeader header = cursor.header();
        if (!header.isTransactional()) {
            return;
        }
        if (!header.isControl()) {
            open.putIfAbsent(header.producerId(), header.baseOffset());
            return;
        }
        Long first = open.remove(header.producerId());
        if (first != null) {
            cursor.look(batch -> {
                if (RecordScan.isAbortMarker(batch)) {
                    aborted.computeIfAbsent(header.producerId(), producer -> new ArrayList<>())
                            .add(new Range(first, header.baseOffset()));
                }
            });
        }
    }

    boolean contains(BatchHeader header) {
        if (!header.isTransactional() || header.isControl()) {
            return false;
        }
        for (Range range : aborted.getOrDefault(header.producerId(), List.of())) {
            if (range.first() <= header.baseOffset() && header.baseOffset() < range.marker()) {
                return true;
            }
        }
        return false;
    }
}
