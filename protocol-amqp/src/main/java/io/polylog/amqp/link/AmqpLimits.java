package io.polylog.amqp.link;

/**
 * What one connection may use.
 *
 * @param maxFrameBytes largest frame we take, announced in our open
 * @param maxMessageBytes largest message we take, announced at attach
 * @param idleTimeoutMs silence after which a peer is taken for gone; half of it is announced; 0 turns it off
 * @param openTimeoutMs time from the connecting to the peer's open
 * @param channelMax highest channel number: sessions per connection, minus one
 */
public record AmqpLimits(int maxFrameBytes, int maxMessageBytes, int idleTimeoutMs, int openTimeoutMs, int channelMax) {
    /** Links attached at a time, over all sessions of a connection. */
    public static final int MAX_LINKS = 2048;

    /** Bytes that the attaches of all these links may have had: names, properties and filters are kept with the link. */
    public static final int MAX_ATTACHED_BYTES = 4 << 20;

    /** Bytes of messages on their way to the log above which a connection is not read. */
    public static final long MAX_IN_FLIGHT_BYTES = 4L << 20;

    /**
     * Bytes that a session may send before it hears from us: the incoming window. Transfers are taken up as they come, so
     * this holds no memory by itself; it is wide enough for several of the largest messages, because Qpid JMS 2.10 at
     * times leaves its last frames unflushed when a window ends in the middle of a message.
     */
    public static final int SESSION_CAPACITY_BYTES = 64 << 20;

    /** Bytes of deliveries that wait within Proton for the peer's session window. */
    static final int MAX_WAITING_OUTGOING_BYTES = 1 << 20;

    /** Messages of a client that may be in flight on one link: the credit it is given. */
    static final int RECEIVE_WINDOW = 256;

    /** Deliveries that a client may leave unsettled on one link before it gets no more. */
    static final int MAX_UNSETTLED = 8192;
}
