package io.polylog.kafka.codec;

import io.polylog.broker.LogSlice;
import java.util.Objects;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.RecordsSend;

/** A slice of the log as the records field of a fetch response. Not thread-safe, as the slice. */
public final class SliceRecords implements BaseRecords {

    private final LogSlice slice;

    public SliceRecords(LogSlice slice) {
        this.slice = Objects.requireNonNull(slice, "slice");
    }

    LogSlice slice() {
        return slice;
    }

    @Override
    public int sizeInBytes() {
        return slice.sizeInBytes();
    }

    /** Kafka's own network layer would ask; {@link ResponseEncoder} makes a file region instead. */
    @Override
    public RecordsSend<? extends BaseRecords> toSend() {
        throw new UnsupportedOperationException("log slices are sent as file regions");
    }
}
