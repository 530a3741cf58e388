package io.polylog.amqp.link;

import io.polylog.share.Acquired;
import io.polylog.share.Outcome;
import io.polylog.share.ShareConsumer;
import io.polylog.share.ShareListener;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Delivers what a member of a share group acquires.
 *
 * <p>The group's credit is asked for in portions, and a new one only when the last is used up: records on their way to
 * this event loop could otherwise exceed the link's credit. A portion is as many records as make about {@value
 * #PORTION_BYTES} bytes, judged by those before. What is acquired and finds no credit, because the client took it back
 * meanwhile, is released.
 *
 * <p>Owned by the connection's event loop.
 */
final class ShareSource implements DeliverySource, ShareListener {
    private static final int PORTION_BYTES = 512 * 1024;
    private static final int MAX_PORTION = 256;
    private static final int FIRST_PORTION = 16;

    private final Outlet outlet;
    private final Executor loop;
    private final ArrayDeque<Acquired> acquired = new ArrayDeque<>();
    private @Nullable ShareConsumer consumer;
    /** Of the portion asked for, what has not arrived. */
    private int outstanding;

    private int averageBytes = PORTION_BYTES / FIRST_PORTION;
    private boolean draining;
    private boolean closed;

    ShareSource(Outlet outlet, Executor loop) {
        this.outlet = outlet;
        this.loop = loop;
    }

    /** The group has let us in. */
    void joined(ShareConsumer member) {
        consumer = member;
    }

    @Override
    public void acquired(List<Acquired> records) {
        if (closed) {
            return; // closing the member has released them
        }
        outstanding = Math.max(0, outstanding - records.size());
        for (Acquired record : records) {
            averageBytes += (record.record().sizeInBytes() - averageBytes) / 8;
            acquired.add(record);
        }
        update();
    }

    @Override
    public void ended(String reason) {
        if (!closed) {
            outlet.ended(reason);
        }
    }

    @Override
    public void update() {
        if (closed || consumer == null) {
            return;
        }
        while (!acquired.isEmpty() && outlet.credit() > 0 && outlet.hasRoom()) {
            outlet.deliver(acquired.remove());
        }
        if (outlet.credit() == 0) {
            releaseUnwanted();
        }
        if (outlet.draining() && outlet.credit() > 0) {
            drain();
        } else if (outstanding == 0 && acquired.isEmpty() && outlet.credit() > 0 && outlet.hasRoom()) {
            ask();
        }
    }

    private CompletionStage<Void> ask() {
        int portion = Math.min(MAX_PORTION, Math.max(1, PORTION_BYTES / Math.max(1, averageBytes)));
        outstanding = Math.min(outlet.credit(), portion);
        return member().credit(outstanding);
    }

    /** The client has no credit: nothing more may come, and what came goes back. */
    private void releaseUnwanted() {
        if (outstanding > 0) {
            outstanding = 0;
            member().credit(0);
        }
        if (!acquired.isEmpty()) {
            List<Acquired> unwanted = new ArrayList<>(acquired);
            acquired.clear();
            member().settle(unwanted, Outcome.RELEASE);
        }
    }

    /** Asks for all there is; when the group has answered and there is credit left, there was no more. */
    private void drain() {
        if (draining || !acquired.isEmpty()) {
            return; // what is at hand goes first, as soon as there is room
        }
        draining = true;
        ask().whenCompleteAsync(
                        (done, failure) -> {
                            draining = false;
                            if (closed) {
                                return;
                            }
                            if (outstanding > 0 && acquired.isEmpty() && outlet.draining()) {
                                outstanding = 0;
                                member().credit(0);
                                outlet.drained();
                            } else {
                                update();
                            }
                        },
                        loop);
    }

    private ShareConsumer member() {
        if (consumer == null) {
            throw new IllegalStateException("not joined yet");
        }
        return consumer;
    }

    @Override
    public CompletionStage<Void> settle(Collection<Acquired> records, Outcome outcome) {
        return member().settle(records, outcome);
    }

    @Override
    public void close() {
        closed = true;
        acquired.clear();
        if (consumer != null) {
            consumer.close();
        }
    }
}
