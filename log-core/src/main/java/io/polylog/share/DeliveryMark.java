package io.polylog.share;

import io.polylog.engine.LedgerId;
import io.polylog.engine.MarkDelivered;
import io.polylog.engine.ReplicaGroup;

/**
 * Lets the durable state know how far records have been handed out. Delivery does not wait for it: one mark is under way at
 * a time, and the next tells all that has come meanwhile. One that is refused is made up for by the next. Ledger's thread.
 */
final class DeliveryMark {

    private final LedgerId id;
    private final ReplicaGroup group;
    private long handedEnd;
    private long proposedEnd;
    private boolean underWay;

    DeliveryMark(LedgerId id, ReplicaGroup group) {
        this.id = id;
        this.group = group;
    }

    /** What is durable when the ledger is opened. */
    void start(long deliveredEnd) {
        handedEnd = deliveredEnd;
        proposedEnd = deliveredEnd;
    }

    void handed(long offset) {
        handedEnd = Math.max(handedEnd, offset + 1);
    }

    void propose() {
        if (underWay || handedEnd <= proposedEnd) {
            return;
        }
        underWay = true;
        proposedEnd = handedEnd;
        group.propose(new MarkDelivered(id, proposedEnd)).whenComplete((done, failure) -> {
            if (group.isOwner()) {
                answered(failure == null);
            } else {
                group.executor().execute(() -> answered(failure == null));
            }
        });
    }

    private void answered(boolean durable) {
        underWay = false;
        if (durable) {
            propose();
        }
    }
}
