package io.polylog.group;

import io.polylog.broker.Topic;
import io.polylog.time.NanoClock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running coordinator, from the first request for it on. Requests wait until all groups have been read back. If the start
 * fails, those that waited fail with {@link CoordinatorNotAvailableException} and the next one tries again; after {@link
 * #close} every one fails. Any thread may call.
 */
final class LazyCoordinator implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LazyCoordinator.class);

    private final Supplier<CompletionStage<Topic>> topic;
    private final Function<Topic, RunningCoordinator> start;
    private final Executor worker;
    private final NanoClock nanoClock;

    // Guarded by this.
    private @Nullable CompletableFuture<RunningCoordinator> starting;
    /** Completes when the coordinator is ready and every earlier call has been passed to it. */
    private @Nullable CompletableFuture<RunningCoordinator> turn;

    private @Nullable RunningCoordinator running;
    private boolean closed;

    /**
     * @param topic of the offsets, created if need be
     * @param start on the worker
     */
    LazyCoordinator(
            Supplier<CompletionStage<Topic>> topic,
            Function<Topic, RunningCoordinator> start,
            Executor worker,
            NanoClock nanoClock) {
        this.topic = topic;
        this.start = start;
        this.worker = worker;
        this.nanoClock = nanoClock;
    }

    /**
     * Asks in the order of the calls, those that wait for the start included: one commit overtaking another would leave
     * the older offset standing.
     */
    <R> CompletableFuture<R> inTurn(Function<RunningCoordinator, R> request) {
        CompletableFuture<RunningCoordinator> before;
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(isClosed());
            }
            before = turn;
            if (before == null || before.isCompletedExceptionally()) {
                before = begin();
                starting = before;
                turn = before;
            }
            if (!before.isDone()) {
                CompletableFuture<RunningCoordinator> waitedFor = before;
                CompletableFuture<R> asked = waitedFor.thenApply(request);
                turn = asked.handle((answer, failure) -> waitedFor.join());
                return asked;
            }
        }
        return before.thenApply(request);
    }

    private CompletableFuture<RunningCoordinator> begin() {
        return CompletableFuture.supplyAsync(topic, worker)
                .thenCompose(found -> found)
                .thenApplyAsync(this::startOn, worker)
                .thenCompose(coordinator -> coordinator.ready().thenApply(loaded -> coordinator))
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(notStarted(failure)));
    }

    private RunningCoordinator startOn(Topic offsets) {
        long startNanos = nanoClock.nanoTime();
        RunningCoordinator coordinator = start.apply(offsets);
        if (!adopt(coordinator)) {
            coordinator.close();
            throw isClosed();
        }
        LOG.atInfo()
                .addKeyValue("partitions", offsets.partitionCount())
                .addKeyValue("durationMs", TimeUnit.NANOSECONDS.toMillis(nanoClock.nanoTime() - startNanos))
                .log("group coordinator started");
        return coordinator;
    }

    private synchronized boolean adopt(RunningCoordinator coordinator) {
        if (!closed) {
            running = coordinator;
        }
        return !closed;
    }

    private static CoordinatorNotAvailableException isClosed() {
        return new CoordinatorNotAvailableException("the group coordinator is closed");
    }

    private static CoordinatorNotAvailableException notStarted(Throwable failure) {
        LOG.atError().setCause(failure).log("group coordinator could not start; the next group request tries again");
        return new CoordinatorNotAvailableException("the group coordinator could not start", failure);
    }

    /** Fails what waits. */
    @Override
    public void close() {
        RunningCoordinator toClose;
        CompletableFuture<RunningCoordinator> toFail;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            toClose = running;
            toFail = starting;
        }
        if (toFail != null) {
            toFail.completeExceptionally(isClosed());
        }
        if (toClose != null) {
            toClose.close();
        }
    }
}
