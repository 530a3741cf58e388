package io.polylog.engine;

import io.polylog.txn.Phase;
import io.polylog.txn.Transaction;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Begins to abort a transaction that is open for too long, or forgets an id that nobody has used for long; does nothing if it is
 * not time yet by the clock of the entry. The reply is whether it was. Body: text id.
 */
public record ExpireTransaction(String id) implements Command<Boolean> {

    static final byte TYPE = 66;

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
        return Encoding.sizeOf(id);
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putText(target, id);
    }

    static ExpireTransaction read(ByteBuffer body) {
        return new ExpireTransaction(Encoding.text(body));
    }

    @Override
    public Boolean applyTo(GroupState state, ApplyContext context) {
        Optional<Transaction> due = state.transactions().find(id).filter(found -> found.dueMs() <= context.timeMs());
        if (due.isEmpty()) {
            return false;
        }
        if (due.get().phase() == Phase.ONGOING) {
            state.transactions().put(due.get().fence(context.timeMs()), context);
        } else {
            state.transactions().forget(id, context);
        }
        return true;
    }
}
