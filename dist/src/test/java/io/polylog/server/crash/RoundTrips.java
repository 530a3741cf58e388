package io.polylog.server.crash;

import io.polylog.server.crash.LedgerTally.Line;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds out over a connection of a protocol that does not tell when an acknowledgement is durable: after {@value #TRIPS}
 * publishes on the same connection, each one begun when the one before was answered, it is. The first answer says that the
 * gateway has taken the acknowledgement; it writes one command of outcomes at a time, the publishes go to the same journal,
 * and so the second says that the command before is written, and the third that the one with this outcome is, even if
 * another with dead letters went first. Any thread.
 */
final class RoundTrips {

    private static final int TRIPS = 3;

    private final LedgerTally tally;
    private final Line line;
    private final Runnable trip;
    private List<Integer> waiting = new ArrayList<>();
    private final List<List<Integer>> under = new ArrayList<>();
    private boolean travelling;

    /**
     * @param trip publishes something on the line, whose answer is told to {@link #returned}
     */
    RoundTrips(LedgerTally tally, Line line, Runnable trip) {
        this.tally = tally;
        this.line = line;
        this.trip = trip;
    }

    /** The acceptance of this message has been sent. */
    void accepted(int number) {
        synchronized (this) {
            waiting.add(number);
        }
        depart();
    }

    /** The publish was answered. */
    void returned() {
        synchronized (this) {
            travelling = false;
            if (under.size() == TRIPS && !tally.isOver(line)) {
                under.remove(0).forEach(tally::confirm);
            }
        }
        depart();
    }

    private void depart() {
        synchronized (this) {
            boolean idle = waiting.isEmpty() && under.stream().allMatch(List::isEmpty);
            if (travelling || idle || tally.isOver(line)) {
                return;
            }
            travelling = true;
            under.add(waiting);
            waiting = new ArrayList<>();
        }
        trip.run();
    }
}
