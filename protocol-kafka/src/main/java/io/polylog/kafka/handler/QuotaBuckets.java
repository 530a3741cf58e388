package io.polylog.kafka.handler;

import io.polylog.kafka.call.Call;
import io.polylog.security.QuotaKind;
import io.polylog.security.Quotas;
import io.polylog.time.NanoClock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How much of their limits clients have used. Who shares a limit shares a bucket, which fills with what they use and drains at the
 * rate of the limit; it holds {@link QuotaKind#burstSeconds} worth, and what goes beyond has to be waited for. Any thread.
 */
final class QuotaBuckets {

    /** Buckets at a time; those that are empty make room. */
    static final int MAX_BUCKETS = 10_000;

    private static final double SECOND_NANOS = 1e9;

    private final Quotas quotas;
    private final NanoClock clock;
    private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();

    QuotaBuckets(Quotas quotas, NanoClock clock) {
        this.quotas = quotas;
        this.clock = clock;
    }

    /** Uses up some of a caller's limit, whether or not there is so much left; answers the wait in milliseconds. */
    int use(QuotaKind kind, Call call, double amount) {
        return amount == 0 ? 0 : use(kind, limit(kind, call), amount);
    }

    /** Milliseconds until a caller has nothing to wait for any more. */
    int overdrawn(QuotaKind kind, Call call) {
        return use(kind, limit(kind, call), 0);
    }

    private Optional<Quotas.Limit> limit(QuotaKind kind, Call call) {
        return quotas.limit(
                kind, call.login().principal().name(), call.request().clientId());
    }

    /** Takes in a connection from an address, or answers the milliseconds that it is to be kept waiting before it is closed. */
    int connect(String address) {
        Optional<Quotas.Limit> limit = quotas.limitOfAddress(QuotaKind.CONNECTION_CREATION_RATE, address);
        return limit.map(this::connect).orElse(0);
    }

    /** The same for connections from all addresses, so many a second. */
    int connectAny(int perSecond) {
        return perSecond == Integer.MAX_VALUE ? 0 : connect(new Quotas.Limit("all addresses", perSecond));
    }

    private int connect(Quotas.Limit rate) {
        QuotaKind kind = QuotaKind.CONNECTION_CREATION_RATE;
        return bucket(kind, rate).useIfThereIs(rate.value(), kind, clock.nanoTime());
    }

    private int use(QuotaKind kind, Optional<Quotas.Limit> limit, double amount) {
        return limit.map(rate -> bucket(kind, rate).use(amount, rate.value(), kind, clock.nanoTime()))
                .orElse(0);
    }

    private Bucket bucket(QuotaKind kind, Quotas.Limit limit) {
        long now = clock.nanoTime();
        if (buckets.size() >= MAX_BUCKETS) {
            buckets.values().removeIf(bucket -> bucket.isEmpty(now));
        }
        return buckets.computeIfAbsent(kind + " " + limit.sharedBy(), key -> new Bucket(now));
    }

    private static final class Bucket {
        private double level;
        private double rate = 1;
        private long atNanos;

        Bucket(long nowNanos) {
            this.atNanos = nowNanos;
        }

        /** Milliseconds until what is too much has drained. */
        synchronized int use(double amount, double perSecond, QuotaKind kind, long nowNanos) {
            drain(nowNanos);
            rate = perSecond;
            level += amount;
            return waitMs(kind);
        }

        /** Takes one if it has room for it. */
        synchronized int useIfThereIs(double perSecond, QuotaKind kind, long nowNanos) {
            int waitMs = use(1, perSecond, kind, nowNanos);
            if (waitMs > 0) {
                level--;
            }
            return waitMs;
        }

        private int waitMs(QuotaKind kind) {
            double excess = level - rate * kind.burstSeconds();
            return excess <= 0 ? 0 : (int) Math.min(kind.maxWaitMs(), Math.ceil(excess / rate * 1000));
        }

        synchronized boolean isEmpty(long nowNanos) {
            drain(nowNanos);
            return level == 0;
        }

        private void drain(long nowNanos) {
            level = Math.max(0, level - Math.max(0, nowNanos - atNanos) / SECOND_NANOS * rate);
            atNanos = Math.max(atNanos, nowNanos);
        }
    }
}
