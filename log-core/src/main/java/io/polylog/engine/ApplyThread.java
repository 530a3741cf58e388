package io.polylog.engine;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that owns the state of the replica groups pinned to it. Its queue is bounded by {@link
 * ProposalQueue#MAX_PENDING_BYTES} for entries; other tasks must be few for each connection or ledger.
 */
final class ApplyThread implements Executor {

    private static final Logger log = LoggerFactory.getLogger(ApplyThread.class);

    private final ThreadPoolExecutor executor;
    private volatile Thread thread;

    @SuppressWarnings("NullAway.Init") // the thread is made by the first task, before anyone can be it
    ApplyThread(int number) {
        this.executor = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.MILLISECONDS,
                new LinkedBlockingQueue<>(),
                task -> {
                    Thread created = new Thread(task, "polylog-apply-" + number);
                    thread = created;
                    return created;
                },
                new ThreadPoolExecutor.DiscardPolicy());
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(() -> {
            try {
                task.run();
            } catch (RuntimeException failure) {
                log.atError().setCause(failure).log("a task on an apply thread failed");
            }
        });
    }

    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /** Runs what is queued, then ends. Tasks that come later are dropped. */
    void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(30, TimeUnit.SECONDS)) {
                log.warn("apply thread did not finish in 30 seconds");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
