package io.polylog.engine;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that the state names no more, but the last durable checkpoint does: a start from it would miss them. They go with
 * the next checkpoint. The apply thread adds, in order of entries; the checkpoint thread removes.
 */
final class Leftovers {

    private static final Logger log = LoggerFactory.getLogger(Leftovers.class);

    /** Deletes files. */
    interface Removal {
        void run() throws IOException;
    }

    private record Item(long index, Removal removal) {}

    private final Queue<Item> items = new ConcurrentLinkedQueue<>();

    /**
     * @param index of the entry that gave the files up
     */
    void add(long index, Removal removal) {
        items.add(new Item(index, removal));
    }

    /** Deletes what entries up to {@code index} gave up. What cannot be deleted is reported, and tried at the next start. */
    void removeUpTo(long index) {
        for (Item next = items.peek(); next != null && next.index <= index; next = items.peek()) {
            items.remove();
            try {
                next.removal.run();
            } catch (IOException failed) {
                log.atWarn().setCause(failed).log("files that are needed no more cannot be deleted");
            }
        }
    }
}
