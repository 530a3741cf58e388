package io.polylog.node;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that read segments and encode batches, so that neither event loops nor apply threads do. At most {@link
 * #MAX_QUEUED} tasks wait; one more fails with {@link java.util.concurrent.RejectedExecutionException}.
 */
final class WorkerPool implements Executor, AutoCloseable {

    static final int MAX_QUEUED = 100_000;

    private final ThreadPoolExecutor executor;

    WorkerPool(int threads) {
        AtomicInteger number = new AtomicInteger();
        this.executor = new ThreadPoolExecutor(
                threads,
                threads,
                30,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(MAX_QUEUED),
                task -> new Thread(task, "polylog-worker-" + number.getAndIncrement()));
        executor.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    @Override
    public void close() {
        executor.shutdown();
        try {
            executor.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
