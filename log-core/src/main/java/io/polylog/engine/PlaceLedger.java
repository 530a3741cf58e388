package io.polylog.engine;

import java.nio.ByteBuffer;

/**
 * Makes the ledger of a share group on a partition at an offset, and answers how it stands. One that exists stays as it is,
 * unless it is to begin anew: then whatever it had settled is forgotten. An offset outside the log as it is when the command
 * is applied is moved to the end next to it. Body: ledger id, int64 start offset, int8 1 to begin anew.
 *
 * @param startOffset first offset that the group will get
 */
public record PlaceLedger(LedgerId id, long startOffset, boolean anew) implements Command<LedgerSnapshot> {

    static final byte TYPE = 80;

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
        return id.sizeInBytes() + Long.BYTES + 1;
    }

    @Override
    public void writeTo(ByteBuffer target) {
        id.writeTo(target);
        target.putLong(startOffset).put((byte) (anew ? 1 : 0));
    }

    static PlaceLedger read(ByteBuffer body) {
        return new PlaceLedger(LedgerId.read(body), body.getLong(), body.get() == 1);
    }

    @Override
    public LedgerSnapshot applyTo(GroupState state, ApplyContext context) {
        var log = state.partitions().existing(id.topicId(), id.partition()).log();
        long start = Math.max(log.offsets().logStart(), Math.min(startOffset, log.endOffset()));
        if (anew) {
            state.ledgers().forget(id, context);
        }
        return state.ledgers().open(id, start, context);
    }
}
