package io.polylog.kafka.handler;

import io.polylog.kafka.call.Call;
import io.polylog.security.QuotaKind;
import org.apache.kafka.common.protocol.Errors;

/**
 * How many partitions clients may make and delete (KIP-599). Who has nothing left is refused if its version of the request knows
 * such an answer; others get what they ask for, and have to wait afterwards. Any thread.
 */
final class MutationQuota {

    /** First versions that know {@code THROTTLING_QUOTA_EXCEEDED}. */
    static final short CREATE_TOPICS_STRICT = 6;

    static final short DELETE_TOPICS_STRICT = 5;
    static final short CREATE_PARTITIONS_STRICT = 3;

    private final QuotaBuckets buckets;

    MutationQuota(QuotaBuckets buckets) {
        this.buckets = buckets;
    }

    /**
     * Spends some of the caller's quota.
     *
     * @param strictSince the first version of the request whose clients are refused
     * @throws org.apache.kafka.common.errors.ThrottlingQuotaExceededException if there is nothing left; the call is then muted
     */
    void spend(Call call, int partitions, short strictSince) {
        if (call.version() < strictSince) {
            call.mute(buckets.use(QuotaKind.CONTROLLER_MUTATION_RATE, call, partitions));
            return;
        }
        int waitMs = buckets.overdrawn(QuotaKind.CONTROLLER_MUTATION_RATE, call);
        if (waitMs > 0) {
            call.mute(waitMs);
            throw Errors.THROTTLING_QUOTA_EXCEEDED.exception();
        }
        buckets.use(QuotaKind.CONTROLLER_MUTATION_RATE, call, partitions);
    }
}
