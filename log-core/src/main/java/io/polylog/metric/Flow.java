package io.polylog.metric;

/** What goes in and out of one topic through one door. Any thread. */
public final class Flow {

    private final Meters.Counter messagesIn;
    private final Meters.Counter bytesIn;
    private final Meters.Counter messagesOut;
    private final Meters.Counter bytesOut;

    Flow(Meters.Counter messagesIn, Meters.Counter bytesIn, Meters.Counter messagesOut, Meters.Counter bytesOut) {
        this.messagesIn = messagesIn;
        this.bytesIn = bytesIn;
        this.messagesOut = messagesOut;
        this.bytesOut = bytesOut;
    }

    /** Messages that the topic has taken, or has scheduled. */
    public void in(long messages, long bytes) {
        messagesIn.add(messages);
        bytesIn.add(bytes);
    }

    /** Messages that were handed to a client. */
    public void out(long messages, long bytes) {
        messagesOut.add(messages);
        bytesOut.add(bytes);
    }
}
