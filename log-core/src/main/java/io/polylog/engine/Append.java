package io.polylog.engine;

import io.polylog.broker.AppendResult;
import io.polylog.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.UUID;

/** Appends one validated batch to a partition. Body: topic id, int32 partition, the batch. */
public record Append(UUID topicId, int partition, RecordBatch batch) implements Command<AppendResult> {

    static final byte TYPE = 1;

    @Override
    public byte type() {
        return TYPE;
    }

    @Override
    public int sizeInBytes() {
        return Encoding.UUID_BYTES + Integer.BYTES + batch.sizeInBytes();
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putUuid(target, topicId);
        target.putInt(partition);
        target.put(batch.buffer());
    }

    static Append read(ByteBuffer body) {
        return new Append(Encoding.uuid(body), body.getInt(), new RecordBatch(body));
    }

    @Override
    public AppendResult applyTo(GroupState state, ApplyContext context) {
        return state.partitions().append(topicId, partition, batch, context);
    }
}
