package io.polylog.mqtt.session;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.polylog.time.NanoClock;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Notices a peer that has been silent for longer than it may: before its CONNECT, and then one and a half times its keep
 * alive (MQTT-3.1.2-22). One timer task per connection, not one per packet. Owned by the connection's event loop.
 */
final class KeepAlive {

    private final EventLoop loop;
    private final NanoClock clock;
    private final Runnable onSilence;
    private @Nullable ScheduledFuture<?> check;
    private long lastHeardNanos;
    private long allowedNanos;

    KeepAlive(EventLoop loop, NanoClock clock, Runnable onSilence) {
        this.loop = loop;
        this.clock = clock;
        this.onSilence = onSilence;
        this.lastHeardNanos = clock.nanoTime();
    }

    /** Allows silence for so long from now on; 0 allows any. */
    void allow(long silenceMs) {
        stop();
        heard();
        allowedNanos = TimeUnit.MILLISECONDS.toNanos(silenceMs);
        if (allowedNanos > 0) {
            schedule(allowedNanos);
        }
    }

    /** The peer has sent something, or could not since we do not read. */
    void heard() {
        lastHeardNanos = clock.nanoTime();
    }

    void stop() {
        if (check != null) {
            check.cancel(false);
            check = null;
        }
    }

    private void schedule(long delayNanos) {
        check = loop.schedule(this::check, delayNanos, TimeUnit.NANOSECONDS);
    }

    private void check() {
        long leftNanos = allowedNanos - (clock.nanoTime() - lastHeardNanos);
        if (leftNanos > 0) {
            schedule(leftNanos);
        } else {
            onSilence.run();
        }
    }
}
