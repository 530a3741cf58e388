package io.polylog.amqp.link;

import io.polylog.share.Outcome;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.jspecify.annotations.Nullable;

/** Delivery states of AMQP 1.0 (part 3, §3.4) as outcomes for a share group. */
final class Settlement {
    private Settlement() {}

    /**
     * The outcome a state stands for, or null if it is not a final one. The annotations that a modified state may carry
     * are not kept: a record never changes.
     */
    static @Nullable Outcome outcome(@Nullable Object state) {
        if (state instanceof Accepted) {
            return Outcome.ACCEPT;
        } else if (state instanceof Released) {
            return Outcome.RELEASE;
        } else if (state instanceof Rejected) {
            return Outcome.REJECT;
        } else if (state instanceof Modified modified) {
            boolean failed = Boolean.TRUE.equals(modified.getDeliveryFailed());
            if (Boolean.TRUE.equals(modified.getUndeliverableHere())) {
                return failed ? Outcome.FAIL_ELSEWHERE : Outcome.RELEASE_ELSEWHERE;
            }
            return failed ? Outcome.FAIL : Outcome.RELEASE;
        }
        return null;
    }

    /** What happens to a delivery that is settled without an outcome (part 3, §3.5.3, default-outcome). */
    static Outcome defaultOutcome(@Nullable Source source) {
        Outcome stated = source == null ? null : outcome(source.getDefaultOutcome());
        return stated == null ? Outcome.RELEASE : stated;
    }

    /** The state that tells a client of an outcome. */
    static DeliveryState state(Outcome outcome) {
        return switch (outcome) {
            case ACCEPT -> Accepted.getInstance();
            case RELEASE -> Released.getInstance();
            case REJECT -> new Rejected();
            case FAIL -> modified(true, false);
            case RELEASE_ELSEWHERE -> modified(false, true);
            case FAIL_ELSEWHERE -> modified(true, true);
        };
    }

    private static Modified modified(boolean deliveryFailed, boolean undeliverableHere) {
        Modified modified = new Modified();
        modified.setDeliveryFailed(deliveryFailed);
        modified.setUndeliverableHere(undeliverableHere);
        return modified;
    }
}
