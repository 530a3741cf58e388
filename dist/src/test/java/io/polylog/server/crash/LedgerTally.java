package io.polylog.server.crash;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of the numbered messages of one share group, as its members and the readers of its dead letters saw it, and
 * what of that must not be. Any thread.
 *
 * <p>What arrives over a {@link Line} that has ended is taken note of and not judged: by then the gateway may have given the
 * message to somebody else, rightly.
 */
final class LedgerTally {

    /** What a member does with a message. */
    enum Outcome {
        ACCEPT,
        /** Not again to this member. */
        DECLINE,
        RELEASE,
        FAIL,
        REJECT
    }

    /** One connection of a member, in one life of the gateway. */
    static final class Line {
        private final int life;
        private boolean ended;

        private Line(int life) {
            this.life = life;
        }
    }

    private final Findings findings;
    private final BitSet acknowledged = new BitSet();
    private final BitSet received = new BitSet();
    private final BitSet accepted = new BitSet();
    private final BitSet confirmed = new BitSet();
    private final BitSet refused = new BitSet();
    private final BitSet dead = new BitSet();
    private final BitSet stillDead = new BitSet();
    private final Map<Integer, Integer> lastLife = new TreeMap<>();
    private final Map<String, Integer> deaths = new TreeMap<>();
    private final Map<String, Integer> acceptedBy = new TreeMap<>();
    private final Map<Integer, StringBuilder> histories = new HashMap<>();
    private int life;
    private int repeated;
    private int unmarked;
    private int late;

    LedgerTally(Findings findings) {
        this.findings = findings;
    }

    // ---- connections --------------------------------------------------------------------------------------------

    synchronized Line open() {
        return new Line(life);
    }

    /** The line is about to break, or has. */
    synchronized void end(Line line) {
        line.ended = true;
    }

    /** The gateway is about to be killed, or has been: all lines end. */
    synchronized void killed() {
        life++;
    }

    synchronized boolean isOver(Line line) {
        return line.ended || line.life != life;
    }

    /** What is told of a message when something is wrong with it. */
    private void note(int number, String what) {
        histories
                .computeIfAbsent(number, first -> new StringBuilder())
                .append(" | ")
                .append(life)
                .append(": ")
                .append(what);
    }

    private void accuse(int number, String what) {
        findings.add(what + "; before, by lives of the gateway:" + histories.getOrDefault(number, new StringBuilder()));
    }

    /** Findings for each of these that nothing has become of. */
    synchronized void accuse(BitSet numbers, String what) {
        numbers.stream().forEach(number -> accuse(number, number + " is " + what));
    }

    // ---- messages -----------------------------------------------------------------------------------------------

    /** The sender was told that it is in the log. */
    synchronized void acknowledge(int number) {
        acknowledged.set(number);
    }

    /**
     * A member was given it.
     *
     * @param marked whether it came with a mark that it may have been given to somebody before
     */
    synchronized void receive(int number, boolean marked, Line line, String by) {
        if (Fate.of(number) == Fate.EXPIRED) {
            accuse(number, by + " was given " + number + ", whose time was over");
        }
        if (isOver(line)) {
            late++;
            note(number, "given late to " + by);
            return;
        }
        if (confirmed.get(number)) {
            accuse(number, by + " was given " + number + ", which was accepted for certain");
        }
        if (dead.get(number)) {
            accuse(number, by + " was given " + number + ", which is a dead letter");
        }
        if (received.get(number)) {
            repeated++;
            if (!marked && lastLife.get(number) == line.life) {
                accuse(number, by + " was given " + number + " a second time without a mark");
            } else if (!marked) {
                unmarked++;
            }
        }
        note(number, "given to " + by);
        received.set(number);
        lastLife.put(number, line.life);
    }

    /** A member has sent its outcome; what becomes of that is in doubt. */
    synchronized void settle(int number, Outcome outcome, String by) {
        note(number, by + " says " + outcome);
        switch (outcome) {
            case ACCEPT -> {
                if (!accepted.get(number)) {
                    acceptedBy.merge(by, 1, Integer::sum);
                }
                accepted.set(number);
            }
            case DECLINE, REJECT -> refused.set(number);
            case RELEASE, FAIL -> {
                // comes again
            }
        }
    }

    /** The gateway has let a member know that its acceptance is durable. */
    synchronized void confirm(int number) {
        if (dead.get(number)) {
            accuse(number, number + " was accepted for certain, and is a dead letter");
        }
        note(number, "accepted for certain");
        confirmed.set(number);
    }

    /** A member's client has kept it, and is going to give it to its user once more. */
    synchronized void comesAgain(int number) {
        note(number, "kept by its client");
        confirmed.clear(number);
    }

    /** It is in the dead-letter topic. */
    synchronized void dead(int number, String reason, long offset) {
        if (dead.get(number)) {
            accuse(number, number + " is a dead letter twice, again at " + offset);
        }
        if (confirmed.get(number)) {
            accuse(number, number + " is a dead letter at " + offset + ", and was accepted for certain");
        }
        boolean fits = switch (reason) {
            case "expired" -> Fate.of(number) == Fate.EXPIRED;
            case "rejected" -> refused.get(number);
            case "delivery_limit" -> Fate.of(number) != Fate.EXPIRED;
            default -> false;
        };
        if (!fits) {
            accuse(number, number + " died for no reason: " + reason + ", at " + offset);
        }
        note(number, "dead: " + reason);
        dead.set(number);
        deaths.merge(reason, 1, Integer::sum);
    }

    /** It was found among the dead letters once more, after a start of the gateway. */
    synchronized void stillDead(int number) {
        if (!dead.get(number)) {
            accuse(number, number + " has died though nobody was there");
        }
        stillDead.set(number);
    }

    // ---- what there is in the end -------------------------------------------------------------------------------

    /** Accepted by somebody, or dead. */
    synchronized int doneCount() {
        return ended().cardinality();
    }

    /** Those that the log has and that nobody accepted and that did not die. */
    synchronized BitSet missing() {
        return Tally.missing(acknowledged, ended());
    }

    synchronized BitSet missingDead() {
        return Tally.missing(dead, stillDead);
    }

    /** Waits until so many are done; asks again each {@code pollMs}. */
    synchronized void awaitDone(int count, long pollMs) throws InterruptedException {
        while (count > 0 && doneCount() < count) {
            wait(pollMs);
        }
    }

    private BitSet ended() {
        BitSet ended = (BitSet) accepted.clone();
        ended.or(dead);
        return ended;
    }

    synchronized String figures() {
        BitSet both = (BitSet) accepted.clone();
        both.and(dead);
        return "messages " + acknowledged.cardinality() + ", accepted " + accepted.cardinality() + " " + acceptedBy
                + ", of which for certain " + confirmed.cardinality() + "\ndead letters " + dead.cardinality() + " "
                + deaths + "\ngiven again " + repeated + ", of which without a mark after a kill of the gateway "
                + unmarked + "; accepted in doubt and dead " + both.cardinality() + "; seen on lines that had ended "
                + late;
    }
}
