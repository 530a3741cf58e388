package io.polylog.broker;

import java.util.Objects;

/** An expected refusal. It carries no stack trace: the reason and one sentence say all there is to say. */
public class RefusedException extends RuntimeException {

    private final Refusal refusal;

    public RefusedException(Refusal refusal, String message) {
        super(message, null, false, false);
        this.refusal = Objects.requireNonNull(refusal, "refusal");
    }

    public Refusal refusal() {
        return refusal;
    }
}
