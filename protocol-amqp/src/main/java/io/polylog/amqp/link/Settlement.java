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
     * The outcome a state stands for, or null if it is not a final one.
     *
     * <p>Modified with undeliverable-here means: not to this link again. A share group cannot leave out one member, so
     * the record is rejected, as the specification wants it when no other consumer remains; it goes to the dead letters
     * rather than in circles.
     */
    static @Nullable Outcome outcome(@Nullable Object state) {
        if (state instanceof Accepted) {
            return Outcome.ACCEPT;
        } else if (state instanceof Released) {
            return Outcome.RELEASE;
        } else if (state instanceof Rejected) {
            return Outcome.REJECT;
        } else if (state instanceof Modified modified) {
            if (Boolean.TRUE.equals(modified.getUndeliverableHere())) {
                return Outcome.REJECT;
            }
            return Boolean.TRUE.equals(modified.getDeliveryFailed()) ? Outcome.FAIL : Outcome.RELEASE;
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
            case FAIL -> {
                Modified modified = new Modified();
                modified.setDeliveryFailed(true);
                yield modified;
            }
        };
    }
}
