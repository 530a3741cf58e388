package io.polylog.amqp.link;

/**
 * Bytes of messages of which a part has arrived, over all links of a connection. They cannot be held back by not reading,
 * since the rest would not arrive either; so beyond the limit a message is refused.
 */
final class PartialBudget {
    private final long limitBytes;
    private long bytes;

    /**
     * @param maxMessageBytes one message of that size always fits, beside as much again in others
     */
    PartialBudget(int maxMessageBytes) {
        this.limitBytes = 2L * maxMessageBytes;
    }

    /** Adds, or gives back what is negative; answers whether the whole is within the limit. */
    boolean add(long delta) {
        bytes += delta;
        return bytes <= limitBytes;
    }
}
