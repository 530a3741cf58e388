package io.polylog.server.crash;

import java.util.BitSet;

/** The numbered messages of one sender, and which of them were acknowledged. Any thread. */
final class Tally {

    /** What the sender may expect of the log. */
    enum Promise {
        AT_LEAST_ONCE,
        /** And in order within each partition. */
        EXACTLY_ONCE_IN_ORDER
    }

    private static final String PADDING = "x".repeat(200);

    private final String name;
    private final Promise promise;
    private final BitSet acknowledged = new BitSet();
    private int sent;

    /**
     * @param name what its messages begin with; without a blank, and another one for each sender
     */
    Tally(String name, Promise promise) {
        this.name = name;
        this.promise = promise;
    }

    String name() {
        return name;
    }

    Promise promise() {
        return promise;
    }

    synchronized int next() {
        return sent++;
    }

    synchronized void acknowledge(int number) {
        acknowledged.set(number);
    }

    synchronized int acknowledgedCount() {
        return acknowledged.cardinality();
    }

    /** A copy: what was acknowledged before this call is in it. */
    synchronized BitSet acknowledged() {
        return (BitSet) acknowledged.clone();
    }

    /** The acknowledged ones that are not among those. */
    static BitSet missing(BitSet acknowledged, BitSet seen) {
        BitSet missing = (BitSet) acknowledged.clone();
        missing.andNot(seen);
        return missing;
    }

    String text(int number) {
        return name + " " + number + " " + PADDING;
    }

    static String senderOf(String text) {
        return text.substring(0, text.indexOf(' '));
    }

    static int numberOf(String text) {
        int begin = text.indexOf(' ') + 1;
        return Integer.parseInt(text.substring(begin, text.indexOf(' ', begin)));
    }
}
