package io.polylog.server.crash;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** What the clients and the audits saw that must not be. Any thread. */
final class Findings {

    private static final int MAX_KEPT = 50;
    private static final int MAX_NUMBERS = 20;

    private final List<String> kept = new ArrayList<>();
    private volatile int round;

    void round(int now) {
        round = now;
    }

    synchronized void add(String what) {
        if (kept.size() < MAX_KEPT) {
            kept.add("round " + round + ": " + what);
        }
    }

    /** Adds a finding unless there are no such numbers. */
    void addIfAny(BitSet numbers, String what) {
        if (!numbers.isEmpty()) {
            List<Integer> first = numbers.stream().limit(MAX_NUMBERS).boxed().toList();
            add(what + ": " + numbers.cardinality() + " messages, the first of them " + first);
        }
    }

    /** Fails the test if there are any. */
    synchronized void check(String context) {
        if (!kept.isEmpty()) {
            throw new AssertionError(context + "\n" + String.join("\n", kept));
        }
    }
}
