package io.polylog.engine;

import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Takes away the first records of a partition that all of its ledgers are done with: never one that a share group still
 * needs, whatever was settled between the proposal and its apply. Does nothing where there is no ledger. The reply is where
 * the log starts then. Body: topic id, int32 partition.
 */
public record TrimSettled(UUID topicId, int partition) implements Command<Long> {

    static final byte TYPE = 24;

    @Override
    public byte type() {
        return TYPE;
    }

    @Override
    public Growth growth() {
        return Growth.NONE;
    }

    @Override
    public int sizeInBytes() {
        return Encoding.UUID_BYTES + Integer.BYTES;
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putUuid(target, topicId);
        target.putInt(partition);
    }

    static TrimSettled read(ByteBuffer body) {
        return new TrimSettled(Encoding.uuid(body), body.getInt());
    }

    @Override
    public Long applyTo(GroupState state, ApplyContext context) {
        var log = state.partitions().existing(topicId, partition).log();
        OptionalLong start = state.ledgers().lowestStart(topicId, partition);
        if (start.isEmpty() || start.getAsLong() <= log.logStart()) {
            return log.logStart();
        }
        long offset = Math.min(start.getAsLong(), log.endOffset());
        return state.partitions().advanceLogStart(topicId, partition, offset, context);
    }
}
