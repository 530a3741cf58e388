package io.polylog.engine;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.txn.Producer;
import io.polylog.txn.Transaction;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Gives a transactional id to a client, or begins to abort its open transaction: see {@link Transaction#claim}. The reply is how
 * it stands. Body: text id, int32 timeout in milliseconds, int64 fresh producer id or -1, int8 1 if there is a claimant,
 * claimant.
 */
public record ClaimTransactionalId(String id, int timeoutMs, long freshId, Optional<Producer> claimant)
        implements Command<Transaction> {

    static final byte TYPE = 62;

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
        return Encoding.sizeOf(id)
                + Integer.BYTES
                + Long.BYTES
                + 1
                + (claimant.isPresent() ? TransactionCodec.PRODUCER_BYTES : 0);
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putText(target, id);
        target.putInt(timeoutMs).putLong(freshId).put((byte) (claimant.isPresent() ? 1 : 0));
        claimant.ifPresent(producer -> TransactionCodec.put(target, producer));
    }

    static ClaimTransactionalId read(ByteBuffer body) {
        return new ClaimTransactionalId(
                Encoding.text(body),
                body.getInt(),
                body.getLong(),
                body.get() == 1 ? Optional.of(TransactionCodec.producer(body)) : Optional.empty());
    }

    @Override
    public Transaction applyTo(GroupState state, ApplyContext context) {
        Optional<Transaction> before = state.transactions().find(id);
        if (before.isEmpty() && freshId == Transaction.NONE) {
            throw new RefusedException(Refusal.TRANSACTION_ENDING, id + " was forgotten just now");
        }
        Transaction claimed = before.isPresent()
                ? before.get().claim(claimant, timeoutMs, freshId, context.timeMs())
                : Transaction.first(id, freshId, timeoutMs, context.timeMs());
        return state.transactions().put(claimed, context);
    }
}
