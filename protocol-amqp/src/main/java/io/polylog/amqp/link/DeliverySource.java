package io.polylog.amqp.link;

import io.polylog.share.Acquired;
import io.polylog.share.Outcome;
import java.util.Collection;
import java.util.concurrent.CompletionStage;

/** Where a link's deliveries come from. Owned by the connection's event loop. */
interface DeliverySource {
    /** Credit, room or the wish to drain has changed: deliver what can be delivered. */
    void update();

    /** Settles records that were delivered; completes when the outcome is durable, where the source keeps any. */
    CompletionStage<Void> settle(Collection<Acquired> records, Outcome outcome);

    /** Gives everything up; called once. */
    void close();

    /** The link as its source sees it. */
    interface Outlet {
        /** Deliveries the client will take. */
        int credit();

        /** Whether the client wants its credit used up or given back at once. */
        boolean draining();

        /** Whether one more delivery may be made now. {@link DeliverySource#update} is called when it changes to yes. */
        boolean hasRoom();

        /** Makes one delivery; there must be credit. */
        void deliver(Acquired record);

        /** Gives back the credit that is left: there is nothing more at present. */
        void drained();

        /** Detaches: nothing will ever come again. */
        void ended(String reason);
    }
}
