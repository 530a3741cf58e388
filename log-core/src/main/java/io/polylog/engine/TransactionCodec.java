package io.polylog.engine;

import io.polylog.record.TopicPartition;
import io.polylog.txn.Phase;
import io.polylog.txn.Producer;
import io.polylog.txn.Transaction;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * How transactions and their parts are written. A transaction: text id, producer, int64 previous producer id, int64 next
 * producer id, int16 last epoch, int32 timeout, int8 phase, int64 started, int64 changed, int8 1 if bumping, partitions. A
 * producer: int64 id, int16 epoch. Partitions: int32 count, then for each topic id, text topic, int32 partition.
 */
final class TransactionCodec {

    static final int PRODUCER_BYTES = Long.BYTES + Short.BYTES;

    private static final int FIXED_BYTES = PRODUCER_BYTES + 4 * Long.BYTES + Short.BYTES + Integer.BYTES + 2;

    private TransactionCodec() {}

    static byte[] encode(Transaction transaction) {
        ByteBuffer target =
                ByteBuffer.allocate(Encoding.sizeOf(transaction.id()) + FIXED_BYTES + sizeOf(transaction.partitions()));
        Encoding.putText(target, transaction.id());
        put(target, transaction.producer());
        target.putLong(transaction.previousProducerId()).putLong(transaction.nextProducerId());
        target.putShort(transaction.lastEpoch()).putInt(transaction.timeoutMs());
        target.put((byte) transaction.phase().code());
        target.putLong(transaction.startedMs()).putLong(transaction.changedMs());
        target.put((byte) (transaction.bumping() ? 1 : 0));
        put(target, transaction.partitions());
        return target.array();
    }

    static Transaction decode(ByteBuffer source) {
        String id = Encoding.text(source);
        Producer producer = producer(source);
        long previous = source.getLong();
        long next = source.getLong();
        short lastEpoch = source.getShort();
        int timeoutMs = source.getInt();
        Phase phase = Phase.of(source.get());
        long startedMs = source.getLong();
        long changedMs = source.getLong();
        boolean bumping = source.get() == 1;
        return new Transaction(
                id,
                producer,
                previous,
                next,
                lastEpoch,
                timeoutMs,
                phase,
                new LinkedHashSet<>(partitions(source)),
                startedMs,
                changedMs,
                bumping);
    }

    static void put(ByteBuffer target, Producer producer) {
        target.putLong(producer.id()).putShort(producer.epoch());
    }

    static Producer producer(ByteBuffer source) {
        return new Producer(source.getLong(), source.getShort());
    }

    static int sizeOf(Collection<TopicPartition> partitions) {
        int size = Integer.BYTES;
        for (TopicPartition partition : partitions) {
            size += Encoding.UUID_BYTES + Encoding.sizeOf(partition.topic()) + Integer.BYTES;
        }
        return size;
    }

    static void put(ByteBuffer target, Collection<TopicPartition> partitions) {
        target.putInt(partitions.size());
        for (TopicPartition partition : partitions) {
            Encoding.putUuid(target, partition.topicId());
            Encoding.putText(target, partition.topic());
            target.putInt(partition.partition());
        }
    }

    static List<TopicPartition> partitions(ByteBuffer source) {
        int count = source.getInt();
        List<TopicPartition> partitions = new ArrayList<>(Math.min(count, Transaction.MAX_PARTITIONS));
        for (int i = 0; i < count; i++) {
            partitions.add(new TopicPartition(Encoding.uuid(source), Encoding.text(source), source.getInt()));
        }
        return partitions;
    }
}
