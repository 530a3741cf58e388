package io.polylog.engine;

import io.polylog.broker.RefusedException;
import org.jspecify.annotations.Nullable;

/** What applying one command gave: a reply, or a refusal that changed nothing. */
record Outcome(@Nullable Object reply, @Nullable RefusedException refused) {

    static Outcome reply(@Nullable Object reply) {
        return new Outcome(reply, null);
    }

    static Outcome refused(RefusedException refused) {
        return new Outcome(null, refused);
    }
}
