package io.polylog.engine;

import java.nio.ByteBuffer;

/**
 * Notes how far a ledger's records have been handed to consumers, so that after a crash those not settled are known to have
 * been seen. Nobody waits for it. Refused with {@code NOT_ACQUIRED} if there is no such ledger. Body: ledger id, int64 end,
 * exclusive.
 */
public record MarkDelivered(LedgerId id, long end) implements Command<Boolean> {

    static final byte TYPE = 22;

    public MarkDelivered {
        if (end < 0) {
            throw new IllegalArgumentException("end " + end);
        }
    }

    @Override
    public byte type() {
        return TYPE;
    }

    @Override
    public Growth growth() {
        return Growth.LITTLE;
    }

    @Override
    public int sizeInBytes() {
        return id.sizeInBytes() + Long.BYTES;
    }

    @Override
    public void writeTo(ByteBuffer target) {
        id.writeTo(target);
        target.putLong(end);
    }

    static MarkDelivered read(ByteBuffer body) {
        return new MarkDelivered(LedgerId.read(body), body.getLong());
    }

    @Override
    public Boolean applyTo(GroupState state, ApplyContext context) {
        state.ledgers().delivered(id, end, context);
        return true;
    }
}
