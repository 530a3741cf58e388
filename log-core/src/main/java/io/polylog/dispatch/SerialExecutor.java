package io.polylog.dispatch;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs tasks one after another on a shared pool, so that what they touch has one owner without a thread of its own.
 * Any thread may call {@link #execute}. The queue is bounded by its users: each cursor has at most one request, one
 * opening and one closing in it.
 */
final class SerialExecutor implements Executor {

    /** Tasks run before the pool's thread is given to others: a count. */
    private static final int TURN_TASKS = 256;

    private final Executor pool;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();

    SerialExecutor(Executor pool) {
        this.pool = pool;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (pending.getAndIncrement() == 0) {
            schedule();
        }
    }

    private void turn() {
        int done = 0;
        try {
            Runnable task;
            while (done < TURN_TASKS && (task = tasks.poll()) != null) {
                done++;
                task.run();
            }
        } finally {
            if (pending.addAndGet(-done) != 0) {
                schedule();
            }
        }
    }

    private void schedule() {
        try {
            pool.execute(this::turn);
        } catch (RejectedExecutionException stopping) {
            tasks.clear(); // The pool stops only with the node, and then nobody reads on.
        }
    }
}
