package io.polylog.mqtt.session;

import io.netty.channel.Channel;

/**
 * Decides whether a connection reads: not while its publishes pile up, not while packets are held back, and not while
 * answers pile up because the peer takes none. Owned by the connection's event loop.
 */
final class ReadGate {

    /** Answers of a few bytes each that may wait for a peer which does not read. */
    private static final int ANSWERS_WHILE_CONGESTED = 10_000;

    private final Channel channel;
    private boolean backlogged;
    private boolean held;
    private int answersWaiting;

    ReadGate(Channel channel) {
        this.channel = channel;
    }

    /** Too many publishes are under way, or no longer; answers whether that is news. */
    boolean backlogged(boolean now) {
        boolean changed = backlogged != now;
        backlogged = now;
        update();
        return changed;
    }

    void held(boolean now) {
        held = now;
        update();
    }

    /** A packet was acted on although the peer does not take what it is sent. */
    void answeredWhileCongested() {
        answersWaiting++;
        update();
    }

    /** The peer reads again. */
    void relieved() {
        answersWaiting = 0;
        update();
    }

    /** Whether the peer may have sent something that we chose not to hear. */
    boolean isClosedByUs() {
        return backlogged || held;
    }

    private void update() {
        boolean open = !backlogged && !held && answersWaiting < ANSWERS_WHILE_CONGESTED;
        if (channel.config().isAutoRead() != open) {
            channel.config().setAutoRead(open);
        }
    }
}
