package io.polylog.amqp.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.security.SaslChallenge;
import org.apache.qpid.proton.amqp.security.SaslCode;
import org.apache.qpid.proton.amqp.security.SaslFrameBody;
import org.apache.qpid.proton.amqp.security.SaslInit;
import org.apache.qpid.proton.amqp.security.SaslMechanisms;
import org.apache.qpid.proton.amqp.security.SaslOutcome;
import org.apache.qpid.proton.amqp.security.SaslResponse;
import org.jspecify.annotations.Nullable;

/**
 * The security layer of one connection (AMQP 1.0 part 5, §5.3): ANONYMOUS and PLAIN. Owned by the connection's event
 * loop.
 *
 * <p>There are no users yet, and listeners are bound to loopback only; so PLAIN takes any name and password that are well
 * formed. {@link #accepts} is the one place where that is decided.
 */
final class SaslExchange {
    static final byte[] HEADER = {'A', 'M', 'Q', 'P', 3, 1, 0, 0};

    private static final Symbol ANONYMOUS = Symbol.valueOf("ANONYMOUS");
    private static final Symbol PLAIN = Symbol.valueOf("PLAIN");

    enum State {
        GOING_ON,
        ACCEPTED,
        REFUSED
    }

    private State state = State.GOING_ON;
    private boolean challenged;

    State state() {
        return state;
    }

    /** Our protocol header and the mechanisms we offer. */
    ByteBuf greeting() {
        ByteBuf out = Unpooled.buffer(96);
        out.writeBytes(HEADER);
        SaslMechanisms mechanisms = new SaslMechanisms();
        mechanisms.setSaslServerMechanisms(PLAIN, ANONYMOUS);
        PerformativeCodec.local().writeSasl(mechanisms, out);
        return out;
    }

    /** Answers a frame; {@link #state} says how things stand afterwards. */
    ByteBuf answer(SaslFrameBody frame) {
        if (frame instanceof SaslInit init && !challenged) {
            return answerInit(init);
        }
        if (frame instanceof SaslResponse response && challenged) {
            return outcome(accepts(response.getResponse()) ? SaslCode.OK : SaslCode.AUTH);
        }
        return outcome(SaslCode.SYS_PERM);
    }

    private ByteBuf answerInit(SaslInit init) {
        if (ANONYMOUS.equals(init.getMechanism())) {
            return outcome(SaslCode.OK);
        }
        if (!PLAIN.equals(init.getMechanism())) {
            return outcome(SaslCode.AUTH);
        }
        if (init.getInitialResponse() == null) {
            challenged = true;
            SaslChallenge challenge = new SaslChallenge();
            challenge.setChallenge(new Binary(new byte[0]));
            ByteBuf out = Unpooled.buffer(32);
            PerformativeCodec.local().writeSasl(challenge, out);
            return out;
        }
        return outcome(accepts(init.getInitialResponse()) ? SaslCode.OK : SaslCode.AUTH);
    }

    /** RFC 4616: {@code [authorization id] NUL name NUL password}, the name not empty. */
    private static boolean accepts(@Nullable Binary response) {
        if (response == null) {
            return false;
        }
        int first = -1;
        int second = -1;
        for (int i = 0; i < response.getLength(); i++) {
            if (response.getArray()[response.getArrayOffset() + i] == 0) {
                if (first < 0) {
                    first = i;
                } else if (second < 0) {
                    second = i;
                } else {
                    return false;
                }
            }
        }
        return first >= 0 && second > first + 1;
    }

    private ByteBuf outcome(SaslCode code) {
        state = code == SaslCode.OK ? State.ACCEPTED : State.REFUSED;
        SaslOutcome outcome = new SaslOutcome();
        outcome.setCode(code);
        ByteBuf out = Unpooled.buffer(32);
        PerformativeCodec.local().writeSasl(outcome, out);
        return out;
    }
}
