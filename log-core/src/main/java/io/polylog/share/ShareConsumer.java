package io.polylog.share;

import java.util.Collection;
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

    /** Leaves; what the member still holds is released. Idempotent. */
    @Override
    void close();
}
