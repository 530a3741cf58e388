package io.polylog.dispatch;

import io.polylog.record.StoredRecord;
import io.polylog.record.TopicPartition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * A cursor that holds a bounded run of decoded records and asks its partition's feed for more before they are used up.
 *
 * <p>Everything here is touched on the owner only: the feed answers by a task there. At most one request is under way,
 * so a wake-up cannot be lost: a cursor that gave nothing has a request with the feed, and the feed answers it once
 * there are records.
 */
final class FeedCursor implements Cursor {

    private final PartitionFeed feed;
    private final DispatchLimits limits;
    private final Executor owner;
    private final Runnable onReady;

    private final Deque<List<StoredRecord>> chunks = new ArrayDeque<>();
    private int headIndex;
    private int heldRecords;
    private long heldBytes;
    private long nextOffset;
    private boolean requested;
    private boolean hungry;
    private boolean ended;
    private boolean closed;

    FeedCursor(PartitionFeed feed, DispatchLimits limits, long offset, Executor owner, Runnable onReady) {
        this.feed = feed;
        this.limits = limits;
        this.nextOffset = offset;
        this.owner = owner;
        this.onReady = onReady;
    }

    @Override
    public TopicPartition partition() {
        return feed.partition();
    }

    @Override
    public long position() {
        List<StoredRecord> head = chunks.peekFirst();
        return head == null ? nextOffset : head.get(headIndex).offset();
    }

    @Override
    public List<StoredRecord> poll(int maxRecords) {
        if (maxRecords < 1) {
            throw new IllegalArgumentException("maxRecords " + maxRecords);
        }
        if (closed || ended) {
            return List.of();
        }
        if (chunks.isEmpty()) {
            hungry = true;
            request();
            return List.of();
        }
        List<StoredRecord> polled = new ArrayList<>(Math.min(maxRecords, heldRecords));
        List<StoredRecord> head;
        while (polled.size() < maxRecords && (head = chunks.peekFirst()) != null) {
            int end = Math.min(head.size(), headIndex + maxRecords - polled.size());
            polled.addAll(head.subList(headIndex, end));
            headIndex = end;
            if (headIndex == head.size()) {
                chunks.removeFirst();
                headIndex = 0;
            }
        }
        account(polled.size());
        if (heldRecords <= limits.cursorRecords() / 2 && heldBytes <= limits.cursorBytes() / 2) {
            request();
        }
        return polled;
    }

    /** Takes polled records off the accounts; bytes in proportion, which is exact once all are gone. */
    private void account(int polledRecords) {
        heldBytes -= heldBytes * polledRecords / heldRecords;
        heldRecords -= polledRecords;
    }

    private void request() {
        if (requested) {
            return;
        }
        requested = true;
        feed.want(new Want(
                this,
                nextOffset,
                Math.max(1, limits.cursorRecords() - heldRecords),
                (int) Math.max(1, limits.cursorBytes() - heldBytes),
                0));
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            drop();
            feed.close(this);
        }
    }

    private void drop() {
        chunks.clear();
        headIndex = 0;
        heldRecords = 0;
        heldBytes = 0;
    }

    /**
     * Answers the request under way. Called by the feed, on any thread.
     *
     * @param from the offset asked for, or the log start where that is higher
     * @return false if the owner takes no more tasks, so that the cursor is of no use to anybody
     */
    boolean deliver(long from, List<DecodedBatch> batches) {
        return hand(() -> accept(from, batches));
    }

    /** Ends the cursor. Called by the feed, on any thread. */
    void end() {
        hand(this::acceptEnd);
    }

    private boolean hand(Runnable task) {
        try {
            owner.execute(task);
            return true;
        } catch (RejectedExecutionException ownerStopped) {
            return false;
        }
    }

    private void accept(long from, List<DecodedBatch> batches) {
        if (closed || ended) {
            return;
        }
        requested = false;
        long before = nextOffset;
        nextOffset = Math.max(nextOffset, from);
        for (DecodedBatch batch : batches) {
            List<StoredRecord> fresh = batch.from(nextOffset);
            if (!fresh.isEmpty()) {
                chunks.addLast(fresh);
                heldRecords += fresh.size();
                heldBytes += batch.sizeInBytes();
            }
            nextOffset = Math.max(nextOffset, batch.lastOffset() + 1);
        }
        if (chunks.isEmpty()) {
            request(); // Only control batches or records below the position: go on behind them.
            if (hungry && nextOffset > before) {
                onReady.run(); // Whoever waits for a position must hear of it; the next records wake again.
            }
        } else if (hungry) {
            hungry = false;
            onReady.run();
        }
    }

    private void acceptEnd() {
        if (closed || ended) {
            return;
        }
        ended = true;
        drop();
        onReady.run();
    }
}
