package io.polylog.node;

import io.polylog.schedule.TimingWheel;

/**
 * The times at which something is due, as far as a timer has to know them: those of the next two minutes, and from when on the
 * store must be asked. Memory does not depend on how many there are. Guarded by its owner.
 */
final class DueTimes {

    /** No time. */
    static final long NONE = TimingWheel.NONE;

    private final TimingWheel wheel;
    private long overdueMs = NONE; // the first that lies behind the wheel
    private long unreadFromMs; // everything before is known; NONE if nothing is due from there on
    private long toldBeyondMs = NONE; // the first that the wheel does not cover, told since reading began

    /** Times to read from the store, the end excluded. */
    record Unread(long fromMs, long toMs) {}

    /** Knows nothing as yet: all is to be read. */
    DueTimes(long nowMs) {
        this.wheel = new TimingWheel(nowMs);
    }

    /** The next that is known, perhaps passed; {@link #NONE} if there is none. */
    long nextMs() {
        return Math.min(overdueMs, wheel.next());
    }

    /** What is due from then on must be read before that time comes; {@link #NONE} if nothing is. */
    long unreadFromMs() {
        return unreadFromMs;
    }

    /** Answers whether it is known from now on; otherwise it will be read. */
    boolean add(long dueMs) {
        if (dueMs < wheel.now()) { // within the millisecond that was looked at
            overdueMs = Math.min(overdueMs, dueMs);
            return true;
        }
        return wheel.add(dueMs);
    }

    /** Something is due then that was not before, and lies further ahead than {@link #add} takes. */
    void addBeyond(long dueMs) {
        toldBeyondMs = Math.min(toldBeyondMs, dueMs);
        unreadFromMs = Math.min(unreadFromMs, dueMs);
    }

    /** What is due by then will be looked at. */
    void pass(long nowMs) {
        wheel.advance(nowMs + 1);
        overdueMs = NONE;
    }

    /** What is to be read now; then {@link #read} is called, unless it cannot be. */
    Unread beginReading(long nowMs) {
        wheel.advance(Math.min(nowMs, wheel.next()));
        toldBeyondMs = NONE;
        return new Unread(unreadFromMs, wheel.end());
    }

    /**
     * All of that has been added.
     *
     * @param followingMs the first time after it at which something is due; {@link #NONE} if there is none
     */
    void read(long followingMs) {
        unreadFromMs = Math.min(followingMs, toldBeyondMs);
    }
}
