package io.polylog.amqp.link;

import io.polylog.amqp.message.MessageDecoder;
import io.polylog.amqp.message.MessageRefusedException;
import io.polylog.broker.Publisher;
import io.polylog.metric.Tap;
import io.polylog.record.Record;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.LinkError;
import org.apache.qpid.proton.codec.ReadableBuffer;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Receiver;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages from a client and publishes them. A delivery is accepted when its record is durable, and rejected with
 * the reason when the log refuses it; a presettled one is published all the same, and only counted when refused.
 *
 * <p>Owned by the connection's event loop. Credit is a window over what is in flight, so a client gets as much as the log
 * has taken; the bytes in flight also stop the connection from being read, see {@link LinkHost#inFlight}.
 */
final class ReceiverLink implements LinkHandler {
    private final Receiver receiver;
    private final Destination destination;
    private final LinkContext context;
    private final LinkHost host;
    private final PartialBudget budget;
    private final Tap tap;
    private final PartialMessage partial = new PartialMessage();
    private int inFlight;
    private boolean closed;

    ReceiverLink(Receiver receiver, Destination destination, LinkContext context, LinkHost host, PartialBudget budget) {
        this.receiver = receiver;
        this.destination = destination;
        this.context = context;
        this.host = host;
        this.budget = budget;
        this.tap = new Tap(context.meters().flows);
        replenish();
    }

    @Override
    public void flow() {
        // A sending client's flow tells its counts, and asks for nothing.
    }

    @Override
    public void delivery(Delivery delivery) {
        if (delivery != receiver.current()) {
            return; // our own settlement, seen again
        }
        if (receiver.getRemoteCredit() < 0) {
            fail(new ErrorCondition(LinkError.TRANSFER_LIMIT_EXCEEDED, "the link had no credit for that transfer"));
            return;
        }
        if (delivery.isAborted()) {
            receiver.recv();
            forgetPartial();
            receiver.advance();
            delivery.settle();
            replenish();
            return;
        }
        if (!takeBytes(receiver.recv()) || delivery.isPartial()) {
            return;
        }
        receiver.advance();
        budget.add(-partial.size());
        publish(delivery, partial.take());
        replenish();
    }

    private boolean takeBytes(ReadableBuffer chunk) {
        long size = (long) partial.size() + chunk.remaining();
        if (size > context.limits().maxMessageBytes()) {
            fail(new ErrorCondition(
                    LinkError.MESSAGE_SIZE_EXCEEDED,
                    "a message may have " + context.limits().maxMessageBytes() + " bytes"));
            return false;
        }
        if (!budget.add(chunk.remaining())) {
            budget.add(-chunk.remaining());
            fail(new ErrorCondition(
                    AmqpError.RESOURCE_LIMIT_EXCEEDED,
                    "too many large messages are being sent at once on this connection"));
            return false;
        }
        partial.append(chunk);
        return true;
    }

    private void forgetPartial() {
        budget.add(-partial.size());
        partial.clear();
    }

    private void publish(Delivery delivery, byte[] message) {
        Record record;
        try {
            record = MessageDecoder.local()
                    .decode(message, context.gateway().epochClock().timeMs(), context.meters()::dropped);
        } catch (MessageRefusedException refused) {
            refuse(delivery, refused);
            return;
        }
        inFlight++;
        host.inFlight(message.length);
        destination
                .publish(record)
                .whenCompleteAsync(
                        (published, failure) -> published(delivery, message.length, published, failure), host.loop());
    }

    private void published(Delivery delivery, int bytes, @Nullable Object published, @Nullable Throwable failure) {
        inFlight--;
        host.inFlight(-bytes);
        if (failure != null) {
            refuse(delivery, failure);
        } else {
            context.meters().messagesIn.add(1);
            if (published instanceof Publisher.Published place) {
                tap.of(place.partition()).in(1, bytes);
            }
            settle(delivery, Accepted.getInstance());
        }
        replenish();
    }

    private void refuse(Delivery delivery, Throwable failure) {
        if (delivery.remotelySettled()) {
            context.meters().refusedUnseen.add(1);
        }
        Rejected rejected = new Rejected();
        rejected.setError(Conditions.of(failure));
        settle(delivery, rejected);
    }

    private void settle(Delivery delivery, DeliveryState state) {
        if (closed) {
            return;
        }
        if (!delivery.remotelySettled()) {
            delivery.disposition(state);
        }
        delivery.settle();
        host.flushSoon();
    }

    private void replenish() {
        int room = AmqpLimits.RECEIVE_WINDOW - inFlight - receiver.getCredit();
        if (!closed && room >= AmqpLimits.RECEIVE_WINDOW / 2) {
            receiver.flow(room);
            host.flushSoon();
        }
    }

    /** Detaches with an error; what is in flight goes on, and its outcome is not told any more. */
    private void fail(ErrorCondition condition) {
        if (!closed) {
            close(Departure.DETACHED);
            receiver.setCondition(condition);
            receiver.close();
            host.flushSoon();
        }
    }

    @Override
    public void endOfBurst() {
        // Publishes are on their way already; the publisher gathers them into batches.
    }

    @Override
    public void resume() {
        // Nothing is sent on this link but flows and dispositions, which do not wait for room.
    }

    @Override
    public void close(Departure departure) {
        if (!closed) {
            closed = true;
            forgetPartial();
        }
    }
}
