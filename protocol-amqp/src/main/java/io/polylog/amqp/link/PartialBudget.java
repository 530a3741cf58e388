package io.polylog.amqp.link;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of messages of which a part has arrived, over all links of a connection, and over all connections of a door. They
 * cannot be held back by not reading, since the rest would not arrive either; so beyond either limit a message is refused.
 * Owned by the connection's event loop.
 */
final class PartialBudget {

    /** What all connections may hold together, in messages of the largest size; one connection may hold two. */
    private static final int MESSAGES_OF_ALL = 4;

    private final long limitBytes;
    private final long limitOfAllBytes;
    private final AtomicLong all;
    private long bytes;

    /**
     * @param maxMessageBytes one message of that size always fits its connection, beside as much again in others
     * @param all what all connections of the door hold
     */
    PartialBudget(int maxMessageBytes, AtomicLong all) {
        this.limitBytes = 2L * maxMessageBytes;
        this.limitOfAllBytes = (long) MESSAGES_OF_ALL * maxMessageBytes;
        this.all = all;
    }

    /** Adds, or gives back what is negative; answers whether the whole is within the limits. */
    boolean add(long delta) {
        bytes += delta;
        long bytesOfAll = all.addAndGet(delta);
        return bytes <= limitBytes && bytesOfAll <= limitOfAllBytes;
    }
}
