package io.polylog.amqp.engine;

import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.security.SaslFrameBody;
import org.apache.qpid.proton.amqp.transport.FrameBody;
import org.jspecify.annotations.Nullable;

/** What the bytes of a connection turn out to be, one at a time and in order. */
sealed interface WireInput {

    /** A protocol header: eight bytes, AMQP 1.0 part 2, §2.2. */
    enum Greeting implements WireInput {
        /** {@code AMQP 0 1.0.0} */
        AMQP,
        /** {@code AMQP 3 1.0.0} */
        SASL,
        /** Anything else, such as AMQP 0-9-1 or another protocol altogether. */
        FOREIGN
    }

    /** A frame of the security layer. */
    record SaslFrame(SaslFrameBody body) implements WireInput {}

    /**
     * A frame with a performative and perhaps a payload.
     *
     * @param bodyBytes of the performative as it came
     */
    record AmqpFrame(
            int channel,
            FrameBody body,
            int bodyBytes,
            @Nullable Binary payload) implements WireInput {}

    /** An empty frame, which keeps a connection alive (part 2, §2.4.5). */
    enum Heartbeat implements WireInput {
        BEAT
    }

    /** Bytes that are no frame. Nothing follows: what else arrives is thrown away. */
    record Fault(Symbol condition, String sentence) implements WireInput {}
}
