package io.polylog.kafka.produce;

import io.polylog.kafka.call.ProduceLane;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that decompress and check produced batches. Their queue holds at most one task per connection, since a
 * connection's lane runs one at a time; so the listener's connection limit bounds it.
 */
public final class ValidationWorkers implements AutoCloseable {

    private final ThreadPoolExecutor pool;

    public ValidationWorkers(int threads) {
        AtomicInteger number = new AtomicInteger();
        this.pool =
                new ThreadPoolExecutor(threads, threads, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "polylog-kafka-validation-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
    }

    /** A lane for a new connection. */
    public ProduceLane lane() {
        return new ProduceLane(pool);
    }

    /** Ends the threads; called when no connection is left. What is still queued is run first. */
    @Override
    public void close() {
        pool.shutdown();
    }
}
