package io.polylog.engine;

import io.polylog.txn.Producer;
import io.polylog.txn.Transaction;
import java.nio.ByteBuffer;

/**
 * Decides a transaction: see {@link Transaction#end}. The reply is how it stands. Body: text id, producer, int8 1 if committed,
 * int8 1 if the epoch is raised, int64 fresh producer id or -1.
 */
public record EndTransaction(String id, Producer producer, boolean commit, boolean bumps, long freshId)
        implements Command<Transaction> {

    static final byte TYPE = 64;

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
        return Encoding.sizeOf(id) + TransactionCodec.PRODUCER_BYTES + 2 + Long.BYTES;
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putText(target, id);
        TransactionCodec.put(target, producer);
        target.put((byte) (commit ? 1 : 0)).put((byte) (bumps ? 1 : 0)).putLong(freshId);
    }

    static EndTransaction read(ByteBuffer body) {
        return new EndTransaction(
                Encoding.text(body), TransactionCodec.producer(body), body.get() == 1, body.get() == 1, body.getLong());
    }

    @Override
    public Transaction applyTo(GroupState state, ApplyContext context) {
        Transaction before = state.transactions().existing(id);
        return state.transactions().put(before.end(producer, commit, bumps, freshId, context.timeMs()), context);
    }
}
