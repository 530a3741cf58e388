package io.polylog.amqp.link;

import java.util.Objects;
import org.apache.qpid.proton.amqp.Symbol;

/** A link that is not to be; the client is told the condition and the sentence. Carries no stack trace. */
final class AttachRefusedException extends RuntimeException {
    private final transient Symbol condition;

    AttachRefusedException(Symbol condition, String message) {
        super(message, null, false, false);
        this.condition = Objects.requireNonNull(condition, "condition");
    }

    Symbol condition() {
        return condition;
    }
}
