package io.polylog.amqp.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * What a connection begins with: protocol headers and the security layer (AMQP 1.0 part 2, §2.2, and part 5, §5.3). Owned by
 * the connection's event loop.
 */
final class Handshake {
    private static final byte[] AMQP_HEADER = {'A', 'M', 'Q', 'P', 0, 1, 0, 0};

    private final WireDecoder decoder;
    private final SaslExchange sasl = new SaslExchange();
    private boolean saslBegun;
    private boolean amqpBegun;

    Handshake(WireDecoder decoder) {
        this.decoder = decoder;
    }

    /**
     * What is to be written.
     *
     * @param bytes the caller's from now on; perhaps empty
     * @param refusal why the connection is to be closed then, or null if it goes on
     */
    record Answer(ByteBuf bytes, @Nullable String refusal) {
        static Answer goOn(ByteBuf bytes) {
            return new Answer(bytes, null);
        }
    }

    /** Whether the peer has come to speak AMQP itself, so that it can be told what is wrong. */
    boolean amqpBegun() {
        return amqpBegun;
    }

    Answer greeted(WireInput.Greeting greeting) {
        return switch (greeting) {
            case SASL -> {
                if (saslBegun || amqpBegun) {
                    yield new Answer(Unpooled.EMPTY_BUFFER, "a second security layer");
                }
                saslBegun = true;
                yield Answer.goOn(sasl.greeting());
            }
            case AMQP -> {
                // Without the security layer a peer is anonymous, which everybody may be until there are users.
                amqpBegun = true;
                yield Answer.goOn(Unpooled.EMPTY_BUFFER);
            }
            // Part 2, §2.2: a header that is not supported is answered with one that is, then the socket is closed.
            case FOREIGN -> new Answer(Unpooled.wrappedBuffer(AMQP_HEADER), "no AMQP 1.0 protocol header");
        };
    }

    Answer authenticate(WireInput.SaslFrame frame) {
        if (sasl.state() != SaslExchange.State.GOING_ON) {
            return new Answer(Unpooled.EMPTY_BUFFER, "a frame of the security layer after its outcome");
        }
        ByteBuf answer = sasl.answer(frame.body());
        if (sasl.state() == SaslExchange.State.ACCEPTED) {
            decoder.expectGreeting();
        }
        return new Answer(answer, sasl.state() == SaslExchange.State.REFUSED ? "authentication refused" : null);
    }
}
