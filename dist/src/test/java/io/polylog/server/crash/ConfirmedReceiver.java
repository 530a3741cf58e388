package io.polylog.server.crash;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.message.Message;

/**
 * A client of Qpid Proton's reactor that accepts or rejects what it is given and leaves it to the gateway to settle: a
 * settled delivery is one whose outcome is durable, and must never be given to anybody again.
 */
final class ConfirmedReceiver extends Returning {

    private final QueueTally tally;
    private final AtomicLong confirmed = new AtomicLong();

    ConfirmedReceiver(Target target, String name, QueueTally tally) {
        super(target, name);
        this.tally = tally;
    }

    @Override
    void connect() {
        new Judging().run(target().endpoint("amqp"), this::isStopped);
    }

    private final class Judging extends ReactorReceiver {

        Judging() {
            super(name(), tally.queue());
        }

        @Override
        Judgement judge(Message message) {
            int number = Tally.numberOf((String) ((AmqpValue) message.getBody()).getValue());
            tally.receive(number, name());
            return new Judgement(number, tally.unfit(number) ? new Rejected() : Accepted.getInstance());
        }

        @Override
        void settled(int number, DeliveryState state) {
            tally.confirm(number);
            confirmed.incrementAndGet();
        }

        @Override
        void lost() {}
    }

    @Override
    public long progress() {
        return confirmed.get();
    }

    /** The reactor looks up often enough, and an interrupt would tear its selector down. */
    @Override
    public void stop() {
        leave();
    }
}
