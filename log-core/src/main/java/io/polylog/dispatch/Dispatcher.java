package io.polylog.dispatch;

import io.polylog.broker.Isolation;
import io.polylog.record.TopicPartition;
import java.util.concurrent.Executor;

/** Opens cursors. May be called from any thread. */
public interface Dispatcher {

    /**
     * A cursor at {@code offset}. From now on its methods are called, and {@code onReady} is run, on {@code owner} only
     * (for a connection: its event loop).
     *
     * @param offset first offset wanted; one below the log start is moved up to it
     * @param onReady run when {@link Cursor#poll} has something new after it returned nothing
     */
    Cursor open(TopicPartition partition, Isolation isolation, long offset, Executor owner, Runnable onReady);

    /** As {@link #open(TopicPartition, Isolation, long, Executor, Runnable)}, for what is committed only. */
    default Cursor open(TopicPartition partition, long offset, Executor owner, Runnable onReady) {
        return open(partition, Isolation.COMMITTED, offset, owner, onReady);
    }
}
