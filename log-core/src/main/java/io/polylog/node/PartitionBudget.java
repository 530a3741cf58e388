package io.polylog.node;

import com.sun.management.UnixOperatingSystemMXBean;
import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import java.lang.management.ManagementFactory;

/**
 * How many partitions the process can hold open. Each keeps files open, and running out of descriptors while a partition
 * is being made would stop the whole log; so a topic that would come near that is refused instead. Stateless.
 */
final class PartitionBudget {

    /** So many are always allowed, without asking the operating system. */
    private static final int UNQUESTIONED = 500;

    /** Files that a partition keeps open: a segment, its index, and one more while it rolls. */
    private static final int FILES_PER_PARTITION = 3;

    /** Kept for connections, the journal and the key-value stores. */
    private static final int RESERVED_FILES = 2048;

    private PartitionBudget() {}

    /**
     * @param present partitions that exist
     * @param wanted partitions to be added
     * @throws RefusedException {@code INVALID_PARTITION_COUNT} if the process may not open enough files
     */
    static void check(long present, int wanted) {
        if (present + wanted <= UNQUESTIONED) {
            return;
        }
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system)) {
            return;
        }
        long allowed =
                Math.max(UNQUESTIONED, (system.getMaxFileDescriptorCount() - RESERVED_FILES) / FILES_PER_PARTITION);
        if (present + wanted > allowed) {
            throw new RefusedException(
                    Refusal.INVALID_PARTITION_COUNT,
                    "there are " + present + " partitions, and the process may open enough files for " + allowed
                            + "; raise the limit of open files (ulimit -n) to have more");
        }
    }
}
