package io.polylog.kafka.handler;

import io.polylog.kafka.codec.Reply;
import io.polylog.security.QuotaKind;
import io.polylog.security.Quotas;
import io.polylog.time.NanoClock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Holds clients to their quotas as KIP-219 has it: nobody is refused; the answer says how long the client has to wait, and
 * its connection is not read so long. Who shares a limit shares a bucket, which fills with what they use and drains at the
 * rate of the limit; it holds one second's worth, and what goes beyond has to be waited for. Any thread.
 */
final class Throttle {

    /** Buckets at a time; those that are empty make room. */
    static final int MAX_BUCKETS = 10_000;

    /** Longest wait: an hour. */
    static final int MAX_WAIT_MS = 3_600_000;

    private static final double SECOND_NANOS = 1e9;

    private final Quotas quotas;
    private final NanoClock clock;
    private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();

    Throttle(Quotas quotas, NanoClock clock) {
        this.quotas = quotas;
        this.clock = clock;
    }

    /** Charges a call for what it has written or is about to read, and tells the answer and the call of the wait. */
    Reply charge(Call call, Reply reply) {
        ApiKeys key = call.request().key();
        if (key == ApiKeys.PRODUCE) {
            int waitMs = use(QuotaKind.PRODUCER_BYTE_RATE, call, call.request().sizeInBytes());
            if (waitMs > 0
                    && reply instanceof Reply.Answer answer
                    && answer.body() instanceof ProduceResponseData body) {
                body.setThrottleTimeMs(waitMs);
            }
        } else if (key == ApiKeys.FETCH
                && reply instanceof Reply.Answer answer
                && answer.body() instanceof FetchResponseData body) {
            int waitMs = use(QuotaKind.CONSUMER_BYTE_RATE, call, recordBytes(body));
            if (waitMs > 0) {
                body.setThrottleTimeMs(waitMs);
            }
        }
        return reply;
    }

    private static long recordBytes(FetchResponseData body) {
        long bytes = 0;
        for (var topic : body.responses()) {
            for (var partition : topic.partitions()) {
                bytes += partition.records() == null ? 0 : partition.records().sizeInBytes();
            }
        }
        return bytes;
    }

    private int use(QuotaKind kind, Call call, long amount) {
        String user = call.login().principal().name();
        Optional<Quotas.Limit> limit = quotas.limit(kind, user, call.request().clientId());
        if (limit.isEmpty() || amount == 0) {
            return 0;
        }
        long now = clock.nanoTime();
        if (buckets.size() >= MAX_BUCKETS) {
            buckets.values().removeIf(bucket -> bucket.isEmpty(now));
        }
        int waitMs = buckets.computeIfAbsent(kind + " " + limit.get().sharedBy(), key -> new Bucket(now))
                .use(amount, limit.get().value(), now);
        call.mute(waitMs);
        return waitMs;
    }

    private static final class Bucket {
        private double level;
        private double rate = 1;
        private long atNanos;

        Bucket(long nowNanos) {
            this.atNanos = nowNanos;
        }

        /** Milliseconds until what is too much has drained. */
        synchronized int use(long amount, double perSecond, long nowNanos) {
            drain(nowNanos);
            rate = perSecond;
            level += amount;
            double excess = level - rate;
            return excess <= 0 ? 0 : (int) Math.min(MAX_WAIT_MS, Math.ceil(excess / rate * 1000));
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
