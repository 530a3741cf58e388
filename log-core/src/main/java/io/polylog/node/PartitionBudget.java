package io.polylog.node;

import com.sun.management.UnixOperatingSystemMXBean;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * How many partitions the process can hold open. Each keeps files open, and running out of descriptors while a partition
 * is being made would stop the whole log; so a topic that would come near that is refused instead. Partitions that are
 * being made count from when they are promised, so that many topics asked for at once are no way around it. Any thread.
 */
final class PartitionBudget {

    /** So many are always allowed, without asking the operating system. */
    private static final int UNQUESTIONED = 500;

    /** Files that a partition keeps open: a segment, its index, and one more while it rolls. */
    private static final int FILES_PER_PARTITION = 3;

    /** Kept for connections, the journal and the key-value stores. */
    private static final int RESERVED_FILES = 2048;

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

    /** What the process may open files for. */
    static long allowedFiles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? Math.max(UNQUESTIONED, (system.getMaxFileDescriptorCount() - RESERVED_FILES) / FILES_PER_PARTITION)
                : Long.MAX_VALUE;
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
                    "there are " + taken + " partitions, and the process may open enough files for " + allowed
                            + "; raise the limit of open files (ulimit -n) to have more");
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
