package io.polylog.node;

import io.polylog.time.Scheduler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Does something from time to time, on an executor: the next round begins some time after the last has ended. Any thread. */
final class Rounds implements AutoCloseable {

    private final Scheduler scheduler;
    private final LongSupplier intervalMs;
    private final Executor executor;
    private final Supplier<CompletionStage<?>> round;
    private Scheduler.@Nullable Timeout wakeUp; // guarded by this, as is closed
    private boolean closed;

    /**
     * @param intervalMs milliseconds from the end of a round, or the start, to the next round, from 1
     * @param round its stage completes when the round has ended, well or not; it must not throw
     */
    Rounds(Scheduler scheduler, LongSupplier intervalMs, Executor executor, Supplier<CompletionStage<?>> round) {
        this.scheduler = scheduler;
        this.intervalMs = intervalMs;
        this.executor = executor;
        this.round = round;
    }

    /** Once. */
    void start() {
        schedule();
    }

    private synchronized void schedule() {
        if (!closed) {
            wakeUp = scheduler.after(intervalMs.getAsLong(), () -> now().whenComplete((done, failure) -> schedule()));
        }
    }

    /** A round now, beside the others; the stage completes when it has ended. */
    CompletionStage<?> now() {
        CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
        try {
            executor.execute(() -> round.get().whenComplete((done, failure) -> end.complete(null)));
        } catch (RejectedExecutionException busy) {
            end.complete(null);
        }
        return end;
    }

    /** No round begins any more; one under way goes on. */
    @Override
    public synchronized void close() {
        closed = true;
        if (wakeUp != null) {
            wakeUp.cancel();
            wakeUp = null;
        }
    }
}
