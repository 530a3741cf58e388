package io.polylog.mqtt.session;

import io.polylog.broker.Refusal;
import io.polylog.broker.RefusedException;
import io.polylog.mqtt.codec.ReasonCode;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What became of a publish.
 *
 * @param reason one that a PUBACK or PUBREC may carry (MQTT 5 §3.4.2.1, §3.5.2.1)
 * @param sentence what a client may be told beside it
 * @param vain whether it failed because nothing was left to be done, so that sending it again would change nothing
 */
record PublishOutcome(ReasonCode reason, Optional<String> sentence, boolean vain) {

    /** It is in the log. */
    static final PublishOutcome TAKEN = of(ReasonCode.SUCCESS);

    static PublishOutcome of(ReasonCode reason) {
        return new PublishOutcome(reason, Optional.empty(), false);
    }

    /** The outcome of a publish that ended with a failure, or without one. */
    static PublishOutcome of(@Nullable Throwable failure) {
        if (failure == null) {
            return TAKEN;
        }
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof RefusedException refused
                ? new PublishOutcome(
                        reason(refused.refusal()), Optional.ofNullable(refused.getMessage()), isVain(refused.refusal()))
                : of(ReasonCode.UNSPECIFIED_ERROR);
    }

    boolean isError() {
        return reason.isError();
    }

    private static ReasonCode reason(Refusal refusal) {
        return switch (refusal) {
            case INTERNAL_TOPIC -> ReasonCode.NOT_AUTHORIZED;
            case INVALID_TOPIC_NAME -> ReasonCode.TOPIC_NAME_INVALID;
            case BATCH_TOO_LARGE, OVERLOADED, DISK_FULL -> ReasonCode.QUOTA_EXCEEDED;
            case INVALID_RECORD, INVALID_SCHEDULE, SCHEDULE_TOO_LATE, SCHEDULE_NOT_FOUND ->
                ReasonCode.IMPLEMENTATION_SPECIFIC;
            default -> ReasonCode.UNSPECIFIED_ERROR;
        };
    }

    private static boolean isVain(Refusal refusal) {
        return refusal == Refusal.SCHEDULE_TOO_LATE || refusal == Refusal.SCHEDULE_NOT_FOUND;
    }
}
