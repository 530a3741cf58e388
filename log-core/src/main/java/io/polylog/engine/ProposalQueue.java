package io.polylog.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Proposals between their callers and the journal thread. Bounded by the bytes of everything not applied yet: beyond
 * {@link #MAX_PENDING_BYTES} an offer is refused, so the memory held by a slow disk has a limit.
 */
final class ProposalQueue {

    /** Bytes of commands that may wait for the disk or for apply. */
    static final long MAX_PENDING_BYTES = 96L << 20;

    /** Bytes that one write of the journal takes at most, but for a single larger command. */
    private static final int MAX_WRITE_BYTES = 8 << 20;

    /** What became of an offer. */
    enum Offer {
        TAKEN,
        FULL,
        CLOSED
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private List<Proposal<?>> waiting = new ArrayList<>();
    private long pendingBytes;
    private boolean closed;

    Offer offer(Proposal<?> proposal) {
        lock.lock();
        try {
            if (closed) {
                return Offer.CLOSED;
            }
            if (pendingBytes > MAX_PENDING_BYTES) {
                return Offer.FULL;
            }
            pendingBytes += proposal.sizeInBytes();
            waiting.add(proposal);
            if (waiting.size() == 1) {
                arrived.signal();
            }
            return Offer.TAKEN;
        } finally {
            lock.unlock();
        }
    }

    /** The next proposals in order; waits for the first. Empty once the queue is closed and drained. */
    List<Proposal<?>> take() throws InterruptedException {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                arrived.await();
            }
            List<Proposal<?>> taken = waiting;
            int count = 0;
            long bytes = 0;
            while (count < taken.size()
                    && (count == 0 || bytes + taken.get(count).sizeInBytes() <= MAX_WRITE_BYTES)) {
                bytes += taken.get(count).sizeInBytes();
                count++;
            }
            if (count == taken.size()) {
                waiting = new ArrayList<>();
                return taken;
            }
            waiting = new ArrayList<>(taken.subList(count, taken.size()));
            return taken.subList(0, count);
        } finally {
            lock.unlock();
        }
    }

    /** The proposal is applied, or failed: its bytes are free again. */
    void done(long bytes) {
        lock.lock();
        try {
            pendingBytes -= bytes;
        } finally {
            lock.unlock();
        }
    }

    long pendingBytes() {
        lock.lock();
        try {
            return pendingBytes;
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }
}
