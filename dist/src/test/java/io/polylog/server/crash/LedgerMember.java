package io.polylog.server.crash;

import io.polylog.server.crash.LedgerTally.Line;
import io.polylog.server.crash.LedgerTally.Outcome;
import java.io.IOException;
import java.util.Random;

/**
 * A member of the share group, with a wire of its own. It comes back by itself after whatever is done to it. What is done to
 * it comes from the thread of the run, messages on a thread of the client library's.
 */
abstract class LedgerMember extends Returning {

    /** One fit message in so many is given back, by those who can. */
    private static final int GIVEN_BACK_ONE_IN = 20;

    private final LedgerTally tally;
    private final Relay relay;
    private final Random random;
    private volatile Line line;

    LedgerMember(Target target, String protocol, String name, LedgerTally tally, long seed) throws IOException {
        super(target, name);
        this.tally = tally;
        this.relay = new Relay(target.endpoint(protocol), name);
        this.random = new Random(seed);
        this.line = tally.open();
    }

    LedgerTally tally() {
        return tally;
    }

    String address() {
        return relay.endpoint().toString();
    }

    Relay relay() {
        return relay;
    }

    /** A new connection is about to be made. */
    Line beginLine() {
        line = tally.open();
        return line;
    }

    /** The connection is gone, whoever ended it. */
    void endLine() {
        tally.end(line);
    }

    /** The socket is closed on both sides, and nothing was said. */
    void cut() {
        endLine();
        relay.cut();
    }

    /** The client's process is gone, and what it kept in memory with it. */
    abstract void abort();

    /** As {@link #abort}, and the gateway does not see it: the next connection takes the session over. */
    void vanish() {
        abort();
    }

    /** What a member does that can do anything. */
    Outcome outcomeOf(int number) {
        return switch (Fate.of(number)) {
            case FIT -> givesBack() ? (random.nextBoolean() ? Outcome.RELEASE : Outcome.DECLINE) : Outcome.ACCEPT;
            case UNFIT -> Outcome.REJECT;
            case POISON -> Outcome.FAIL;
            case EXPIRED -> Outcome.ACCEPT;
        };
    }

    private boolean givesBack() {
        return random.nextInt(GIVEN_BACK_ONE_IN) == 0;
    }

    @Override
    public long progress() {
        return tally.doneCount();
    }

    @Override
    public void stop() {
        super.stop();
        closeRelay();
    }

    void closeRelay() {
        try {
            relay.close();
        } catch (IOException closed) {
            // nothing to close
        }
    }
}
