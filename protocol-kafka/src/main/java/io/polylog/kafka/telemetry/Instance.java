package io.polylog.kafka.telemetry;

import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.Errors;

/**
 * How far one client has come in asking and pushing. One that comes before its time is refused, with Kafka's exceptions: it may ask
 * again after what it did wrong, may push once it has asked, and may say good-bye at any time. Thread-safe.
 */
final class Instance {

    /** After these a client has to ask again at once. */
    private static final Set<Errors> ASKS_AGAIN =
            Set.of(Errors.UNKNOWN_SUBSCRIPTION_ID, Errors.UNSUPPORTED_COMPRESSION_TYPE);

    private final Asked asked;
    private final int subscriptionId;
    private final int version;

    private boolean hasAsked;
    private boolean hasPushed;
    private long askedNanos;
    private long pushedNanos;
    private boolean terminating;
    private Errors last = Errors.NONE;

    /**
     * @param version of the subscriptions that it is asked by
     */
    Instance(Asked asked, int subscriptionId, int version) {
        this.asked = asked;
        this.subscriptionId = subscriptionId;
        this.version = version;
    }

    Asked asked() {
        return asked;
    }

    int subscriptionId() {
        return subscriptionId;
    }

    int version() {
        return version;
    }

    synchronized Errors ask(long nowNanos) {
        boolean due = (!hasAsked || isDue(askedNanos, nowNanos)) && (!hasPushed || isDue(pushedNanos, nowNanos));
        if (due) {
            hasAsked = true;
            askedNanos = nowNanos;
        }
        if (!due && !ASKS_AGAIN.contains(last)) {
            return Errors.THROTTLING_QUOTA_EXCEEDED;
        }
        last = Errors.NONE;
        return Errors.NONE;
    }

    /** Whether a push may be looked at; {@link #ended} follows if it may. */
    synchronized Errors push(long nowNanos, int forSubscription, boolean knownCompression, boolean ending) {
        Errors error = refusal(nowNanos, forSubscription, knownCompression, ending);
        terminating = ending;
        last = error;
        return error;
    }

    private Errors refusal(long nowNanos, int forSubscription, boolean knownCompression, boolean ending) {
        if (terminating) {
            return Errors.INVALID_REQUEST;
        }
        boolean afterAsking = hasAsked && (!hasPushed || askedNanos - pushedNanos > 0);
        if (afterAsking || !hasPushed || isDue(pushedNanos, nowNanos)) {
            hasPushed = true;
            pushedNanos = nowNanos;
        } else if (!ending) {
            return Errors.THROTTLING_QUOTA_EXCEEDED;
        }
        if (forSubscription != subscriptionId) {
            return Errors.UNKNOWN_SUBSCRIPTION_ID;
        }
        return knownCompression ? Errors.NONE : Errors.UNSUPPORTED_COMPRESSION_TYPE;
    }

    private boolean isDue(long sinceNanos, long nowNanos) {
        return nowNanos - sinceNanos >= TimeUnit.MILLISECONDS.toNanos(asked.intervalMs());
    }

    /** What became of the push that was looked at. */
    synchronized void ended(Errors error) {
        last = error;
    }
}
