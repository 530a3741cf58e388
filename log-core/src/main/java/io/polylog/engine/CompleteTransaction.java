package io.polylog.engine;

import io.polylog.txn.Producer;
import io.polylog.txn.Transaction;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Every partition of a decided transaction has its marker: the next one may begin. Does nothing if that was known. The reply is
 * whether anything changed. Body: text id, producer that the markers carry.
 */
public record CompleteTransaction(String id, Producer producer) implements Command<Boolean> {

    static final byte TYPE = 65;

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
        return Encoding.sizeOf(id) + TransactionCodec.PRODUCER_BYTES;
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putText(target, id);
        TransactionCodec.put(target, producer);
    }

    static CompleteTransaction read(ByteBuffer body) {
        return new CompleteTransaction(Encoding.text(body), TransactionCodec.producer(body));
    }

    @Override
    public Boolean applyTo(GroupState state, ApplyContext context) {
        Optional<Transaction> ending = state.transactions()
                .find(id)
                .filter(found -> found.phase().isEnding() && found.producer().equals(producer));
        ending.ifPresent(found -> state.transactions().put(found.completed(context.timeMs()), context));
        return ending.isPresent();
    }
}
