package io.polylog.schedule;

import java.util.Arrays;

/**
 * When something is due within the next two minutes, to the millisecond. One bit for each tick of {@value #TICKS} ms, and
 * above them two levels of summary bits of which each stands for 64 of the level below; so it takes 16 KiB and a few words
 * however much is due, adding touches three words, and finding the next tick looks at no more than six. What exactly is due
 * then stays in the store, in order of its time.
 *
 * <p>The wheel turns: it covers the ticks from {@link #now} on, and what lies behind is forgotten. Not thread-safe.
 *
 * @see <a href="https://doi.org/10.1145/37499.37504">Varghese and Lauck, Hashed and Hierarchical Timing Wheels</a>
 */
public final class TimingWheel {

    /** Ticks that the wheel covers: 131 seconds. */
    public static final int TICKS = 1 << 17;

    /** No tick is set. */
    public static final long NONE = Long.MAX_VALUE;

    private static final int MASK = TICKS - 1;
    private static final int LEVELS = 3;

    /** Level 0 has a bit for each tick, each further one a bit for each word of the level below. */
    private final long[][] levels = new long[LEVELS][];

    private long nowMs;

    /**
     * @param nowMs where it begins, milliseconds since the Unix epoch
     */
    public TimingWheel(long nowMs) {
        this.nowMs = nowMs;
        for (int level = 0, bits = TICKS; level < LEVELS; level++) {
            bits = Math.max(1, bits >> 6);
            levels[level] = new long[bits];
        }
    }

    /** The first tick that the wheel covers. */
    public long now() {
        return nowMs;
    }

    /** The tick after the last that the wheel covers. */
    public long end() {
        return nowMs + TICKS;
    }

    /**
     * Notes that something is due; what is overdue is due now.
     *
     * @return whether the wheel covers that time; if not nothing was noted
     */
    public boolean add(long dueMs) {
        if (dueMs >= end()) {
            return false;
        }
        int position = (int) Math.max(dueMs, nowMs) & MASK;
        for (long[] level : levels) {
            level[position >> 6] |= 1L << (position & 63);
            position >>= 6;
        }
        return true;
    }

    /** The first tick at which something is due, or {@link #NONE}. */
    public long next() {
        int start = (int) nowMs & MASK;
        int found = nextFrom(0, start);
        if (found < 0) {
            found = nextFrom(0, 0); // the ticks that lie behind in the array lie ahead in time
        }
        return found < 0 ? NONE : nowMs + ((found - start) & MASK);
    }

    /** The first set bit of a level at or after a position, or -1. */
    private int nextFrom(int level, int position) {
        long[] words = levels[level];
        int word = position >> 6;
        if (word >= words.length) {
            return -1;
        }
        long rest = words[word] & (-1L << (position & 63));
        if (rest != 0) {
            return (word << 6) + Long.numberOfTrailingZeros(rest);
        }
        if (level + 1 == LEVELS) {
            for (int i = word + 1; i < words.length; i++) {
                if (words[i] != 0) {
                    return (i << 6) + Long.numberOfTrailingZeros(words[i]);
                }
            }
            return -1;
        }
        int next = nextFrom(level + 1, word + 1);
        return next < 0 ? -1 : (next << 6) + Long.numberOfTrailingZeros(words[next]);
    }

    /**
     * Turns on to a time: what was due before is forgotten. Does nothing if that is not later.
     *
     * @param toMs milliseconds since the Unix epoch
     */
    public void advance(long toMs) {
        if (toMs - nowMs >= TICKS) {
            clear();
        } else {
            for (long due = next(); due < toMs; due = next()) {
                remove(due);
            }
        }
        nowMs = Math.max(nowMs, toMs);
    }

    /** Forgets everything. */
    public void clear() {
        for (long[] level : levels) {
            Arrays.fill(level, 0);
        }
    }

    private void remove(long dueMs) {
        int position = (int) dueMs & MASK;
        for (long[] level : levels) {
            level[position >> 6] &= ~(1L << (position & 63));
            if (level[position >> 6] != 0) {
                return;
            }
            position >>= 6;
        }
    }
}
