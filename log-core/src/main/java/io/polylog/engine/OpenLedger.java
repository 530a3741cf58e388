package io.polylog.engine;

import java.nio.ByteBuffer;

/**
 * Makes the ledger of a share group on a partition, unless it exists, and answers how it stands. A new ledger begins at
 * the log's start or end as it is when the command is applied. Body: ledger id, int8 1 for the log's start or 0 for its
 * end.
 */
public record OpenLedger(LedgerId id, boolean fromLogStart) implements Command<LedgerSnapshot> {

    static final byte TYPE = 8;

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
        return id.sizeInBytes() + 1;
    }

    @Override
    public void writeTo(ByteBuffer target) {
        id.writeTo(target);
        target.put((byte) (fromLogStart ? 1 : 0));
    }

    static OpenLedger read(ByteBuffer body) {
        return new OpenLedger(LedgerId.read(body), body.get() == 1);
    }

    @Override
    public LedgerSnapshot applyTo(GroupState state, ApplyContext context) {
        Partition partition = state.partitions().existing(id.topicId(), id.partition());
        long start = fromLogStart ? partition.log().offsets().logStart() : partition.firstUndecided();
        return state.ledgers().open(id, start, context);
    }
}
