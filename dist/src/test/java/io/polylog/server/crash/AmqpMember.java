package io.polylog.server.crash;

import io.polylog.server.crash.LedgerTally.Line;
import io.polylog.server.crash.LedgerTally.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.message.Message;

/**
 * A receiver of Qpid Proton's reactor that gives every outcome there is and leaves it to the gateway to settle: settled as
 * accepted is accepted for certain.
 */
final class AmqpMember extends LedgerMember {

    private final String source;

    AmqpMember(Target target, String name, String source, LedgerTally tally, long seed) throws IOException {
        super(target, "amqp", name, tally, seed);
        this.source = source;
    }

    @Override
    void connect() {
        new Judging(beginLine()).run(relay().endpoint(), this::isStopped);
    }

    @Override
    void abort() {
        cut(); // a new connection is a new client
    }

    private final class Judging extends ReactorReceiver {
        private final Line line;

        Judging(Line line) {
            super(name(), source);
            this.line = line;
        }

        @Override
        Judgement judge(Message message) {
            int number = Tally.numberOf(text(message));
            boolean marked = message.getDeliveryCount() > 0 || !message.isFirstAcquirer();
            tally().receive(number, marked, line, name());
            Outcome outcome = outcomeOf(number);
            tally().settle(number, outcome, name());
            return new Judgement(number, stateOf(outcome));
        }

        @Override
        void settled(int number, DeliveryState state) {
            if (state instanceof Accepted) {
                tally().confirm(number);
            }
        }

        @Override
        void lost() {
            endLine();
        }
    }

    private static String text(Message message) {
        Binary value = ((Data) message.getBody()).getValue();
        return new String(value.getArray(), value.getArrayOffset(), value.getLength(), StandardCharsets.UTF_8);
    }

    private static DeliveryState stateOf(Outcome outcome) {
        return switch (outcome) {
            case ACCEPT -> Accepted.getInstance();
            case RELEASE -> Released.getInstance();
            case REJECT -> new Rejected();
            case FAIL, DECLINE -> {
                Modified modified = new Modified();
                modified.setDeliveryFailed(outcome == Outcome.FAIL);
                modified.setUndeliverableHere(outcome == Outcome.DECLINE);
                yield modified;
            }
        };
    }

    /** The reactor looks up often enough, and an interrupt would tear its selector down. */
    @Override
    public void stop() {
        leave();
        closeRelay();
    }
}
