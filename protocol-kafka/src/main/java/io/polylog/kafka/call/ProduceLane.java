package io.polylog.kafka.call;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * Checks and appends the produced batches of one connection in the order they came: small ones at once on the event loop,
 * large or compressed ones, and everything behind them, on the validation workers, one at a time.
 *
 * <p>Entered by the connection's event loop; tasks run there or on a worker. Its queue is bounded by the requests a
 * connection may have in flight.
 */
public final class ProduceLane {

    private final Executor workers;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private boolean busy;

    public ProduceLane(Executor workers) {
        this.workers = Objects.requireNonNull(workers, "workers");
    }

    /**
     * Runs a task after all earlier ones.
     *
     * @param light whether it is quick enough for the event loop
     * @param task must not throw
     */
    public void run(boolean light, Runnable task) {
        synchronized (waiting) { // held for a few instructions only, also by workers
            if (busy) {
                waiting.add(task);
                return;
            }
            busy = !light;
        }
        if (light) {
            task.run();
        } else {
            workers.execute(() -> drain(task));
        }
    }

    private void drain(Runnable first) {
        Runnable task = first;
        while (true) {
            task.run();
            synchronized (waiting) {
                Runnable next = waiting.poll();
                if (next == null) {
                    busy = false;
                    return;
                }
                task = next;
            }
        }
    }
}
