package io.polylog.amqp.message;

import java.util.Objects;
import org.apache.qpid.proton.amqp.Symbol;

/** A message that cannot be taken; its sender is told the condition and the sentence. Carries no stack trace. */
public final class MessageRefusedException extends RuntimeException {
    private final transient Symbol condition;

    MessageRefusedException(Symbol condition, String message) {
        super(message, null, false, false);
        this.condition = Objects.requireNonNull(condition, "condition");
    }

    /** The AMQP error condition, such as {@code amqp:decode-error}. */
    public Symbol condition() {
        return condition;
    }
}
