package io.polylog.broker;

import java.util.List;
import java.util.Objects;

/**
 * What a read found: stored bytes, and where the partition stood at that moment. The reader closes it.
 *
 * @param aborted transactions that may have records among the bytes and were aborted, in the order of their ends; none
 *     unless only what is committed was asked for
 */
public record LogRead(LogSlice slice, PartitionOffsets offsets, List<AbortedTransaction> aborted)
        implements AutoCloseable {

    public LogRead {
        Objects.requireNonNull(slice, "slice");
        Objects.requireNonNull(offsets, "offsets");
        aborted = List.copyOf(aborted);
    }

    public LogRead(LogSlice slice, PartitionOffsets offsets) {
        this(slice, offsets, List.of());
    }

    @Override
    public void close() {
        slice.close();
    }
}
