package io.polylog.kafka.fetch;

import io.polylog.metric.Meters;
import io.polylog.time.NanoClock;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The fetch sessions of a listener (KIP-227), up to a number of them and of their partitions together. When there is no
 * room, a new session takes the place of one that nobody has used for two minutes, or else of a smaller one that is older
 * than that; if there is none such its consumer does without. Thread-safe.
 */
public final class FetchSessions {

    /** Most partitions of all sessions together: some 15 MB, or 45 MB if each has a topic of its own with a long name. */
    static final int MAX_PARTITIONS = 100_000;

    /** How long a session is safe from others. */
    static final long SAFE_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final int maxSessions;
    private final NanoClock clock;
    private final Meters.Counter evicted;

    /** The one that was not used for longest comes first. */
    private final Map<Integer, Seat> seats = new LinkedHashMap<>();

    /** Those that a larger one may take the place of, the smallest first. */
    private final TreeSet<Seat> replaceable = new TreeSet<>(
            Comparator.comparingInt((Seat seat) -> seat.size).thenComparingInt(seat -> seat.session.id()));

    private int partitions;

    private static final class Seat {
        final FetchSession session;
        final long openedNanos;
        long usedNanos;
        int size;

        Seat(FetchSession session, long nowNanos) {
            this.session = session;
            this.openedNanos = nowNanos;
        }
    }

    /**
     * @param maxSessions how many at a time, from 0
     */
    public FetchSessions(int maxSessions, NanoClock clock, Meters meters) {
        this.maxSessions = maxSessions;
        this.clock = Objects.requireNonNull(clock, "clock");
        this.evicted = meters.counter("polylog_kafka_fetch_sessions_evicted_total");
        meters.gauge("polylog_kafka_fetch_sessions", this::count);
        meters.gauge("polylog_kafka_fetch_session_partitions", this::partitions);
    }

    synchronized int count() {
        return seats.size();
    }

    synchronized int partitions() {
        return partitions;
    }

    synchronized @Nullable FetchSession find(int id) {
        Seat seat = seats.get(id);
        return seat == null ? null : seat.session;
    }

    /** Keeps a new session under an id of its own, if there is room. */
    synchronized void keep(FetchSession session) {
        long now = clock.nanoTime();
        int size = session.size();
        if (size > 0 && makeRoom(size, now)) {
            session.keepAs(freeId());
            sit(new Seat(session, now), size, now);
        }
    }

    /** Notes that a session is used, and how large it is now; answers whether it is still kept. */
    synchronized boolean use(FetchSession session) {
        Seat seat = leave(session.id());
        long now = clock.nanoTime();
        int size = session.size();
        if (seat == null || !makeRoom(size, now)) {
            return false;
        }
        sit(seat, size, now);
        return true;
    }

    /** Forgets a session, if there is one of that id. */
    synchronized void close(int id) {
        leave(id);
    }

    private @Nullable Seat leave(int id) {
        Seat seat = seats.remove(id);
        if (seat != null) {
            replaceable.remove(seat);
            partitions -= seat.size;
        }
        return seat;
    }

    private void sit(Seat seat, int size, long now) {
        seat.size = size;
        seat.usedNanos = now;
        partitions += size;
        seats.put(seat.session.id(), seat);
        if (now - seat.openedNanos > SAFE_NANOS) {
            replaceable.add(seat);
        }
    }

    private boolean makeRoom(int size, long now) {
        if (size > MAX_PARTITIONS) {
            return false;
        }
        while (seats.size() >= maxSessions || partitions + size > MAX_PARTITIONS) {
            Seat weakest = weakest(size, now);
            if (weakest == null) {
                return false;
            }
            leave(weakest.session.id());
            evicted.add(1);
        }
        return true;
    }

    private @Nullable Seat weakest(int size, long now) {
        if (seats.isEmpty()) {
            return null;
        }
        Seat idle = seats.values().iterator().next();
        if (now - idle.usedNanos > SAFE_NANOS) {
            return idle;
        }
        return replaceable.isEmpty() || replaceable.first().size >= size ? null : replaceable.first();
    }

    private int freeId() {
        int id;
        do {
            id = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
        } while (seats.containsKey(id));
        return id;
    }
}
