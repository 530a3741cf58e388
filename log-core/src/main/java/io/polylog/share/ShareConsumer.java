package io.polylog.share;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** One member of a share group. Methods may be called from any thread; effects are in call order. */
public interface ShareConsumer extends AutoCloseable {

    /**
     * Sets how many more records the member will take; each delivered record uses one up. 0 stops delivery.
     *
     * @return completes on the ledger's thread once the new credit is in force and everything that could be acquired
     *     with it has been handed to the listener's executor
     */
    CompletionStage<Void> credit(int records);

    /**
     * Settles records this member holds. Completes when the outcome is durable; a record that is no longer held fails
     * the stage with {@code NOT_ACQUIRED}, the others are settled all the same; the failure, a {@link
     * NotSettledException}, tells which. A record that fails for another reason, such as {@code OVERLOADED}, is held
     * still.
     */
    CompletionStage<Void> settle(Collection<Acquired> records, Outcome outcome);

    /**
     * Begins the time for which this member may hold these records anew; at once, or the stage fails as with {@link
     * #settle}. Nothing needs to be done where records are held for as long as the member stays.
     */
    default CompletionStage<Void> renew(Collection<Acquired> records) {
        return CompletableFuture.completedStage(null);
    }

    /** Gives records back as if they had never been handed out: that they were does not count. */
    default void giveBack(Collection<Acquired> records) {
        settle(records, Outcome.RELEASE);
    }

    /** Leaves; what the member still holds is released. Idempotent. */
    @Override
    void close();
}
