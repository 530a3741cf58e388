package io.polylog.engine;

import java.nio.ByteBuffer;

/**
 * Removes from the {@linkplain Outbox outbox} what its target has taken. Body: int32 target group, int64 highest sequence
 * number taken.
 */
record TransferDone(int target, long upTo) implements Command<Boolean> {

    static final byte TYPE = 21;

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
        return Integer.BYTES + Long.BYTES;
    }

    @Override
    public void writeTo(ByteBuffer target) {
        target.putInt(this.target).putLong(upTo);
    }

    static TransferDone read(ByteBuffer body) {
        return new TransferDone(body.getInt(), body.getLong());
    }

    @Override
    public Boolean applyTo(GroupState state, ApplyContext context) {
        state.outbox().done(target, upTo, context);
        return true;
    }
}
