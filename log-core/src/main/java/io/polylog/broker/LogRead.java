package io.polylog.broker;

import java.util.Objects;

/** What a read found: stored bytes, and where the partition stood at that moment. The reader closes it. */
public record LogRead(LogSlice slice, PartitionOffsets offsets) implements AutoCloseable {

    public LogRead {
        Objects.requireNonNull(slice, "slice");
        Objects.requireNonNull(offsets, "offsets");
    }

    @Override
    public void close() {
        slice.close();
    }
}
