package io.polylog.amqp.engine;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.polylog.time.NanoClock;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Both sides of the idle time-out of one connection (AMQP 1.0 part 2, §2.4.5): says when a heartbeat is due, and when the
 * peer has been silent for too long. Owned by the connection's event loop.
 */
final class KeepAlive {
    /** Shortest interval between two looks, whatever the peer asks for. */
    private static final long MIN_INTERVAL_MS = 100;

    private final NanoClock clock;
    private final long silenceNanos;
    private final Listener listener;
    private long lastRead;
    private long lastWrite;
    private long beatNanos;
    private @Nullable ScheduledFuture<?> next;

    /** What is to be done. */
    interface Listener {
        void beat();

        void silent();
    }

    /**
     * @param idleTimeoutMs silence after which the peer is taken for gone; 0 for never
     */
    KeepAlive(NanoClock clock, int idleTimeoutMs, Listener listener) {
        this.clock = clock;
        this.silenceNanos = TimeUnit.MILLISECONDS.toNanos(idleTimeoutMs);
        this.listener = listener;
        this.lastRead = clock.nanoTime();
        this.lastWrite = lastRead;
    }

    void read() {
        lastRead = clock.nanoTime();
    }

    void written() {
        lastWrite = clock.nanoTime();
    }

    /**
     * Begins to look at the clock, when the connection is open.
     *
     * @param remoteIdleTimeoutMs what the peer's open asks for; 0 for nothing
     */
    void start(EventLoop loop, int remoteIdleTimeoutMs) {
        long beatMs = remoteIdleTimeoutMs <= 0 ? 0 : Math.max(MIN_INTERVAL_MS, remoteIdleTimeoutMs / 2);
        beatNanos = TimeUnit.MILLISECONDS.toNanos(beatMs);
        long intervalNanos = Math.min(
                beatNanos == 0 ? Long.MAX_VALUE : beatNanos / 2, silenceNanos == 0 ? Long.MAX_VALUE : silenceNanos / 4);
        if (intervalNanos != Long.MAX_VALUE) {
            long delay = Math.max(TimeUnit.MILLISECONDS.toNanos(MIN_INTERVAL_MS) / 2, intervalNanos);
            next = loop.scheduleWithFixedDelay(this::look, delay, delay, TimeUnit.NANOSECONDS);
        }
    }

    private void look() {
        long now = clock.nanoTime();
        if (silenceNanos != 0 && now - lastRead >= silenceNanos) {
            stop();
            listener.silent();
        } else if (beatNanos != 0 && now - lastWrite >= beatNanos / 2) {
            listener.beat();
        }
    }

    void stop() {
        if (next != null) {
            next.cancel(false);
        }
    }
}
