package io.polylog.amqp.link;

import org.apache.qpid.proton.engine.Delivery;

/** Our end of one link. Owned by the connection's event loop. */
interface LinkHandler {
    /** The client has changed credit or wants it drained. */
    void flow();

    /** Something about a delivery has changed: bytes have come, or the client has settled it. */
    void delivery(Delivery delivery);

    /** Every event at hand has been handled: do at once what was gathered meanwhile. */
    void endOfBurst();

    /** The connection takes bytes again. */
    void resume();

    /** The link is gone; called once. */
    void close(Departure departure);

    /** How a link goes. */
    enum Departure {
        /** Detached or closed in good order, by either side. */
        DETACHED,
        /** The connection broke, or was closed for a fault. */
        LOST
    }
}
