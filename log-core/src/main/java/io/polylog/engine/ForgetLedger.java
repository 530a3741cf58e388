package io.polylog.engine;

import java.nio.ByteBuffer;

/** Forgets what a share group has settled of a partition; answers whether there was a ledger. Body: ledger id. */
public record ForgetLedger(LedgerId id) implements Command<Boolean> {

    static final byte TYPE = 81;

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
        return id.sizeInBytes();
    }

    @Override
    public void writeTo(ByteBuffer target) {
        id.writeTo(target);
    }

    static ForgetLedger read(ByteBuffer body) {
        return new ForgetLedger(LedgerId.read(body));
    }

    @Override
    public Boolean applyTo(GroupState state, ApplyContext context) {
        return state.ledgers().forget(id, context);
    }
}
