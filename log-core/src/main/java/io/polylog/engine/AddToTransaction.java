package io.polylog.engine;

import io.polylog.record.TopicPartition;
import io.polylog.txn.Producer;
import io.polylog.txn.Transaction;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;

/**
 * Adds partitions to a transaction, and opens it if need be: see {@link Transaction#add}. The reply is how it stands. Body: text
 * id, producer, int8 1 if the end raises the epoch, partitions.
 *
 * @param partitions at most {@link Transaction#MAX_PARTITIONS}
 */
public record AddToTransaction(String id, Producer producer, boolean bumps, Collection<TopicPartition> partitions)
        implements Command<Transaction> {

    static final byte TYPE = 63;

    public AddToTransaction {
        partitions = List.copyOf(partitions);
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
        return Encoding.sizeOf(id) + TransactionCodec.PRODUCER_BYTES + 1 + TransactionCodec.sizeOf(partitions);
    }

    @Override
    public void writeTo(ByteBuffer target) {
        Encoding.putText(target, id);
        TransactionCodec.put(target, producer);
        target.put((byte) (bumps ? 1 : 0));
        TransactionCodec.put(target, partitions);
    }

    static AddToTransaction read(ByteBuffer body) {
        return new AddToTransaction(
                Encoding.text(body),
                TransactionCodec.producer(body),
                body.get() == 1,
                TransactionCodec.partitions(body));
    }

    @Override
    public Transaction applyTo(GroupState state, ApplyContext context) {
        Transaction before = state.transactions().existing(id);
        return state.transactions().put(before.add(producer, partitions, bumps, context.timeMs()), context);
    }
}
