package io.polylog.kafka.codec;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the requests of all connections of a listener may hold together. Each connection has its own limits; without this
 * one, a few hundred busy ones could fill the heap.
 *
 * <p>Requests that are whole and not answered yet count as in flight: while they are at the limit or above, connections
 * stop reading, and go on when one is answered, which never depends on reading more. Requests of more than {@link
 * #LARGE_FRAME_BYTES} are admitted with their announced length when they begin; one that finds no room is refused, since
 * waiting for half-sent ones might never end. Any thread.
 */
public final class RequestMemory {

    /** From here on a request has to be admitted before its bytes are gathered. */
    static final int LARGE_FRAME_BYTES = 1 << 20;

    private final long limitBytes;
    private final AtomicLong inFlight = new AtomicLong();
    private final AtomicLong gathering = new AtomicLong();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    /**
     * @param limitBytes for requests in flight, and again for large ones that are being gathered
     */
    public RequestMemory(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** A request has come. */
    public void take(long bytes) {
        inFlight.addAndGet(bytes);
    }

    /** Requests are answered, or their connection is gone. */
    public void release(long bytes) {
        inFlight.addAndGet(-bytes);
        wake();
    }

    /** Whether connections may read. */
    public boolean hasRoom() {
        return inFlight.get() < limitBytes;
    }

    /**
     * Runs {@code resume} once there is room, perhaps at once and perhaps on another connection's thread; it must return
     * at once. At most one wait for each connection, so the connections bound the queue.
     */
    public void whenRoom(Runnable resume) {
        waiting.add(resume);
        wake(); // room that came between the question and the registration has told nobody
    }

    private void wake() {
        while (hasRoom()) {
            Runnable next = waiting.poll();
            if (next == null) {
                return;
            }
            next.run();
        }
    }

    /** Whether a large request may be gathered; if so, {@link #gathered} must follow. */
    boolean admit(int frameBytes) {
        if (gathering.addAndGet(frameBytes) <= limitBytes) {
            return true;
        }
        gathering.addAndGet(-frameBytes);
        return false;
    }

    /** A large request is whole, or will never be. */
    void gathered(int frameBytes) {
        gathering.addAndGet(-frameBytes);
    }
}
