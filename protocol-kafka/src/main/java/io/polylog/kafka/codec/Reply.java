package io.polylog.kafka.codec;

import java.util.Objects;
import org.apache.kafka.common.protocol.ApiMessage;

/** What a request comes to. */
public sealed interface Reply {

    /** An answer that holds nothing but memory. */
    static Reply of(ApiMessage body) {
        return new Answer(body, () -> {});
    }

    /**
     * An answer on its way to the client. It may hold slices of the log: whoever has it either encodes it, which passes
     * the slices on, or runs {@code discard}.
     *
     * @param body the response in kafka-clients' own class
     * @param discard closes what the body holds; any thread
     */
    record Answer(ApiMessage body, Runnable discard) implements Reply {
        public Answer {
            Objects.requireNonNull(body, "body");
            Objects.requireNonNull(discard, "discard");
        }
    }

    /** The last answer: the connection is closed once it is written. */
    record Farewell(ApiMessage body) implements Reply {
        public Farewell {
            Objects.requireNonNull(body, "body");
        }
    }

    /** The client gets no answer. */
    enum Unanswered implements Reply {
        /** It asked for none (Produce with acks 0). */
        SILENT,
        /** It asked for none and the request failed: closing the connection is the only way to tell it. */
        HANG_UP
    }
}
