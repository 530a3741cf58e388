package io.polylog.amqp.link;

import java.util.Arrays;
import org.apache.qpid.proton.amqp.Symbol;
import org.jspecify.annotations.Nullable;

/** Capabilities of a terminus, as JMS clients and others ask for them. */
final class Capabilities {
    static final Symbol QUEUE = Symbol.valueOf("queue");
    static final Symbol TOPIC = Symbol.valueOf("topic");
    static final Symbol TEMPORARY_TOPIC = Symbol.valueOf("temporary-topic");
    static final Symbol SHARED = Symbol.valueOf("shared");

    private Capabilities() {}

    static boolean has(Symbol @Nullable [] capabilities, Symbol wanted) {
        return capabilities != null && Arrays.asList(capabilities).contains(wanted);
    }
}
