package io.polylog.share;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many records a member will take, over all partitions of its topic: an absolute limit against which every ledger
 * draws. Records on their way to the member count against it, so that it never gets more than it asked for. Any thread.
 */
final class Credit {

    private final AtomicLong drawn = new AtomicLong();
    private volatile long handed;
    private volatile long limit;

    /** From now on the member takes this many records beyond those that it has been handed. */
    void set(int records) {
        limit = handed + records;
    }

    boolean isOpen() {
        return drawn.get() < limit;
    }

    /** Draws for one record; false when there is no credit. */
    boolean draw() {
        long before = drawn.get();
        while (before < limit) {
            if (drawn.compareAndSet(before, before + 1)) {
                return true;
            }
            before = drawn.get();
        }
        return false;
    }

    void giveBack(int records) {
        drawn.addAndGet(-records);
    }

    /**
     * Counts records as handed to the member, on its owner.
     *
     * @return how many of them it may be handed: fewer if its credit was lowered while they were on their way
     */
    int hand(int records) {
        long before = handed; // written here only, by the owner
        int allowed = (int) Math.max(0, Math.min(records, limit - before));
        handed = before + allowed;
        return allowed;
    }
}
