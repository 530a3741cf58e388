package io.polylog.amqp.link;

import java.util.concurrent.Executor;

/** What a link needs of its connection. Called on the connection's event loop, except {@link #loop}. */
public interface LinkHost {
    /** Runs work on the connection's event loop; may be called from any thread. */
    Executor loop();

    /** Sends what links have produced, once, when the work at hand is done. */
    void flushSoon();

    /** Whether the connection takes more bytes at present; {@link Links#resume} is called when it does again. */
    boolean hasRoom();

    /** Bytes of messages that are on their way to the log; reading pauses while they are too many. */
    void inFlight(long deltaBytes);

    /** The client's container id, from its open. */
    String containerId();
}
