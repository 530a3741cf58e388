package io.polylog.engine;

import io.polylog.broker.AbortedTransaction;
import io.polylog.broker.AppendResult;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.log.PartitionLog;
import io.polylog.record.EndMarker;
import io.polylog.record.RecordBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes batches to a partition: what its producers' windows and transactions let pass, each once. Apply thread.
 */
final class PartitionWriter {

    /** Instead of the offset of a marker. */
    static final long WHATEVER_MARKER = Long.MIN_VALUE;

    private final Partition partition;
    private final PartitionLog log;

    PartitionWriter(Partition partition) {
        this.partition = partition;
        this.log = partition.log();
    }

    /**
     * @param lastMarker offset of the producer's last marker that was seen before its transaction was looked up, or {@link
     *     #WHATEVER_MARKER}
     * @throws RefusedException what {@link ProducerWindow#check} and {@link OpenTransactions#check} refuse; {@code
     *     INVALID_TRANSACTION_STATE} if there is another marker now
     */
    AppendResult append(RecordBatch batch, long lastMarker, ApplyContext context) {
        if (batch.isControl()) {
            return mark(batch, EndMarker.of(batch), context);
        }
        // What the group coordinator writes in a transaction has the client's producer id, and does not count batches.
        boolean sequenced = batch.hasProducerId() && !partition.id().internal();
        if (sequenced) {
            ProducerWindow.@Nullable Taken before = partition.producers().check(batch, context);
            if (before != null) {
                return new AppendResult(
                        before.baseOffset(),
                        before.appendTimeMs(),
                        log.offsets().logStart());
            }
        }
        if (batch.hasProducerId()) {
            partition.transactions().check(batch);
            if (lastMarker != WHATEVER_MARKER && lastMarker != partition.lastMarker(batch.producerId())) {
                throw new RefusedException(
                        Refusal.INVALID_TRANSACTION_STATE,
                        "the transaction of producer " + batch.producerId() + " has ended meanwhile");
            }
        }
        long baseOffset = write(batch, context);
        if (sequenced) {
            partition.producers().took(batch, baseOffset, context);
        }
        if (batch.hasProducerId()) {
            partition.transactions().took(batch, baseOffset, context);
        }
        return new AppendResult(baseOffset, context.timeMs(), log.offsets().logStart());
    }

    /** See {@link WriteMarker}. */
    boolean endTransaction(long producerId, short producerEpoch, EndMarker marker, ApplyContext context) {
        partition.producers().checkMarker(producerId, producerEpoch, context);
        if (partition.transactions().wasEnded(producerId, producerEpoch, marker)) {
            return false;
        }
        mark(marker.batch(producerId, producerEpoch, context.timeMs()), marker, context);
        return true;
    }

    private AppendResult mark(RecordBatch batch, EndMarker marker, ApplyContext context) {
        long producerId = batch.producerId();
        long offset = write(batch, context);
        partition.producers().marked(producerId, batch.producerEpoch(), context);
        Long first = partition.transactions().ended(producerId, batch.producerEpoch(), marker, offset, context);
        if (first != null && !marker.committed()) {
            partition
                    .aborted()
                    .add(new AbortedTransaction(producerId, first, offset), partition.firstUndecided(), context);
        }
        return new AppendResult(offset, context.timeMs(), log.offsets().logStart());
    }

    /** Answers where it went. */
    private long write(RecordBatch batch, ApplyContext context) {
        long baseOffset = log.endOffset();
        batch.place(baseOffset, context.term());
        if (partition.settings().stampsAppendTime()) {
            batch.stamp(context.timeMs());
        }
        try {
            log.append(batch);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot write to the log of " + partition.id(), failure);
        }
        return baseOffset;
    }
}
