package io.polylog.fake;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Executor;

/** Runs a task only when the test says so; in order, like a thread with a queue. */
public final class ManualExecutor implements Executor {

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean running;

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    /** Runs the oldest task; false if there is none. */
    public boolean step() {
        Runnable task = tasks.poll();
        if (task == null) {
            return false;
        }
        running = true;
        try {
            task.run();
        } finally {
            running = false;
        }
        return true;
    }

    /** Forgets what was not run. */
    public void clear() {
        tasks.clear();
    }

    /** Whether a task of this executor is running now. */
    public boolean isRunning() {
        return running;
    }

    public boolean isIdle() {
        return tasks.isEmpty();
    }

    /** Steps all executors in turn until none has a task. */
    public static void drain(ManualExecutor... executors) {
        boolean worked = true;
        while (worked) {
            worked = false;
            for (ManualExecutor executor : executors) {
                worked |= executor.step();
            }
        }
    }

    /** Steps one executor, chosen at random among all. */
    public static void stepAny(Random random, ManualExecutor... executors) {
        executors[random.nextInt(executors.length)].step();
    }
}
