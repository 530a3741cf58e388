package io.polylog.server.crash;

import java.util.BitSet;
import java.util.function.IntPredicate;

/** What became of the messages of a queue, by their numbers. Any thread. */
final class QueueTally {

    private final String queue;
    private final IntPredicate unfit;
    private final Findings findings;
    private final BitSet received = new BitSet();
    private final BitSet confirmed = new BitSet();

    /**
     * @param unfit which messages every receiver rejects; the others are accepted
     */
    QueueTally(String queue, IntPredicate unfit, Findings findings) {
        this.queue = queue;
        this.unfit = unfit;
        this.findings = findings;
    }

    String queue() {
        return queue;
    }

    boolean unfit(int number) {
        return unfit.test(number);
    }

    /** A receiver was given it; it must not have been done with for certain. */
    synchronized void receive(int number, String by) {
        if (confirmed.get(number)) {
            findings.add(by + " was given " + number + " of " + queue + ", which was settled for certain");
        }
        received.set(number);
    }

    /** A receiver accepted or rejected it, and the gateway said that this is durable. */
    synchronized void confirm(int number) {
        confirmed.set(number);
    }

    synchronized int receivedCount() {
        return received.cardinality();
    }

    synchronized int confirmedCount() {
        return confirmed.cardinality();
    }

    synchronized BitSet notReceived(BitSet acknowledged) {
        return Tally.missing(acknowledged, received);
    }
}
