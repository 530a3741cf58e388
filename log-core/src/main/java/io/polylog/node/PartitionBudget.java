package io.polylog.node;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * How many partitions the process can hold. Each takes memory for as long as it exists, and running out of that would
 * stop the whole log; so a topic that would come near it is refused instead. Their files are no limit, since few are open
 * at a time. Partitions that are being made count from when they are promised, so that many topics asked for at once are
 * no way around it. Any thread.
 */
final class PartitionBudget {

    /** So many are always allowed, however small the heap. */
    private static final long UNQUESTIONED = 500;

    /** Heap that a partition with records, producers and readers takes. */
    private static final long BYTES_PER_PARTITION = 16 << 10;

    /** A part of the heap that partitions may fill; the rest is for what is done with them. */
    private static final long HEAP_DIVISOR = 2;

    private final LongSupplier present;
    private final long allowed;
    /** To be made; guarded by this. One that has just been made may count twice for a moment. */
    private long promised;

    /**
     * @param present partitions that exist now
     * @param allowed how many may exist
     */
    PartitionBudget(LongSupplier present, long allowed) {
        this.present = present;
        this.allowed = allowed;
    }

    /**
     * What there is memory for.
     *
     * @param heapBytes largest size of the heap
     */
    static long allowed(long heapBytes) {
        return Math.max(UNQUESTIONED, heapBytes / HEAP_DIVISOR / BYTES_PER_PARTITION);
    }

    /**
     * @param wanted partitions to be added
     * @throws RefusedException {@code INVALID_PARTITION_COUNT} if there is no room for them
     */
    synchronized void check(int wanted) {
        long taken = present.getAsLong() + promised;
        if (wanted > allowed - taken) {
            throw new RefusedException(
                    Refusal.INVALID_PARTITION_COUNT,
                    "there are " + taken + " partitions, and the heap is large enough for " + allowed
                            + "; give the process a larger one (POLYLOG_HEAP) to have more");
        }
    }

    /**
     * Runs {@code creation}, and keeps room for what it makes until it has ended.
     *
     * @throws RefusedException as {@link #check} does
     */
    <T> CompletionStage<T> spend(int wanted, Supplier<CompletionStage<T>> creation) {
        synchronized (this) {
            check(wanted);
            promised += wanted;
        }
        CompletionStage<T> created;
        try {
            created = creation.get();
        } catch (RuntimeException failure) {
            giveBack(wanted);
            throw failure;
        }
        return created.whenComplete((result, failure) -> giveBack(wanted));
    }

    private synchronized void giveBack(int wanted) {
        promised -= wanted;
    }
}
