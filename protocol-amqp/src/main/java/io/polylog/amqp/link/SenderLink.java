package io.polylog.amqp.link;

import io.polylog.amqp.message.DeliveryNote;
import io.polylog.amqp.message.MessageEncoder;
import io.polylog.metric.Tap;
import io.polylog.record.Headers;
import io.polylog.record.Record;
import io.polylog.share.Acquired;
import io.polylog.share.NotSettledException;
import io.polylog.share.Outcome;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.LinkError;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.codec.ReadableBuffer;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Sender;
import org.jspecify.annotations.Nullable;

/**
 * Makes deliveries to a client and hears how it settles them. A presettled delivery is accepted as it is sent. A delivery
 * that the client settles itself is done with at once; one that it does not settle is answered, and settled, when its
 * outcome is durable. What a burst of input settles in one way goes to the source together.
 *
 * <p>Owned by the connection's event loop. When the link is detached, what it holds is released; when the connection
 * breaks, the default outcome of the source applies, or a failed delivery is counted: the client may have seen it.
 */
final class SenderLink implements LinkHandler, DeliverySource.Outlet {
    private static final Record FORGOTTEN = new Record(null, null, 0, Headers.EMPTY);

    private final Sender sender;
    private final LinkContext context;
    private final LinkHost host;
    private final Burst burst;
    private final boolean presettled;
    private final long maxMessageBytes;
    private final Tap tap;
    private final Set<Acquired> held = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<Outcome, List<Acquired>> settledInBurst = new EnumMap<>(Outcome.class);
    private final Map<Outcome, Map<Acquired, Delivery>> askedInBurst = new EnumMap<>(Outcome.class);
    private @Nullable DeliverySource source;
    private long nextTag;
    private boolean closed;

    SenderLink(Sender sender, LinkContext context, LinkHost host, Burst burst) {
        this.sender = sender;
        this.context = context;
        this.host = host;
        this.burst = burst;
        this.tap = new Tap(context.meters().flows);
        this.presettled = sender.getRemoteSenderSettleMode() == SenderSettleMode.SETTLED;
        UnsignedLong limit = sender.getRemoteMaxMessageSize();
        this.maxMessageBytes = limit == null || limit.longValue() <= 0 ? Long.MAX_VALUE : limit.longValue();
    }

    void start(DeliverySource deliverySource) {
        source = deliverySource;
        source.update();
    }

    @Override
    public void flow() {
        update();
    }

    @Override
    public void resume() {
        update();
    }

    private void update() {
        if (!closed && source != null) {
            source.update();
        }
    }

    @Override
    public int credit() {
        return closed ? 0 : sender.getCredit();
    }

    @Override
    public boolean draining() {
        return sender.getDrain();
    }

    @Override
    public boolean hasRoom() {
        return !closed
                && host.hasRoom()
                && held.size() < AmqpLimits.MAX_UNSETTLED
                && sender.getSession().getOutgoingBytes() < AmqpLimits.MAX_WAITING_OUTGOING_BYTES;
    }

    @Override
    public void deliver(Acquired record) {
        byte[] message = MessageEncoder.local()
                .encode(
                        new DeliveryNote(
                                record.partition(),
                                record.offset(),
                                record.failures(),
                                record.acquisitions(),
                                record.record()),
                        context.gateway().epochClock().timeMs());
        if (message.length > maxMessageBytes) {
            fail(new ErrorCondition(
                    LinkError.MESSAGE_SIZE_EXCEEDED,
                    "the next message has " + message.length + " bytes, and the receiver takes " + maxMessageBytes));
            return;
        }
        Delivery delivery = sender.delivery(tag());
        sender.sendNoCopy(ReadableBuffer.ByteBufferReader.wrap(message));
        if (presettled) {
            delivery.settle();
            settleAtEndOfBurst(withoutRecord(record), Outcome.ACCEPT);
        } else {
            Acquired slim = withoutRecord(record);
            held.add(slim);
            delivery.setContext(slim);
            sender.advance();
        }
        context.meters().messagesOut.add(1);
        tap.of(record.partition()).out(1, message.length);
        host.flushSoon();
    }

    /** What is kept until the client settles: not the payload. */
    private static Acquired withoutRecord(Acquired record) {
        return new Acquired(
                record.partition(),
                record.offset(),
                record.acquisitionId(),
                record.failures(),
                record.acquisitions(),
                FORGOTTEN);
    }

    private byte[] tag() {
        long number = nextTag++;
        int bytes = Math.max(1, (71 - Long.numberOfLeadingZeros(number)) / 8);
        byte[] tag = new byte[bytes];
        for (int i = bytes - 1; i >= 0; i--) {
            tag[i] = (byte) number;
            number >>>= 8;
        }
        return tag;
    }

    @Override
    public void delivery(Delivery delivery) {
        Outcome outcome = Settlement.outcome(delivery.getRemoteState());
        boolean settled = delivery.remotelySettled();
        if (outcome == null && !settled) {
            return;
        }
        if (!(delivery.getContext() instanceof Acquired record) || !held.remove(record)) {
            if (settled) {
                delivery.settle();
            }
            return;
        }
        delivery.setContext(null);
        Outcome effective = outcome == null ? Settlement.defaultOutcome(remoteSource()) : outcome;
        if (settled) {
            delivery.settle();
            settleAtEndOfBurst(record, effective);
        } else {
            askedInBurst.computeIfAbsent(effective, o -> new LinkedHashMap<>()).put(record, delivery);
            burst.add(this);
        }
    }

    private void settleAtEndOfBurst(Acquired record, Outcome outcome) {
        settledInBurst.computeIfAbsent(outcome, o -> new ArrayList<>()).add(record);
        burst.add(this);
    }

    /** Tells the client what became of deliveries that it asked about. */
    private void answer(Map<Acquired, Delivery> asked, Outcome outcome, @Nullable Throwable failure) {
        if (failure != null) {
            // Not held any more, say because a lock expired: somebody else has it, or will. Or it could not be done.
            for (Acquired record : giveBack(asked.keySet(), failure)) {
                answer(asked.remove(record), Released.getInstance());
            }
        }
        asked.values().forEach(delivery -> answer(delivery, Settlement.state(outcome)));
    }

    private void answer(@Nullable Delivery delivery, DeliveryState state) {
        if (!closed && delivery != null) {
            delivery.disposition(state);
            delivery.settle();
            host.flushSoon();
        }
    }

    /** Releases those of the records whose outcome could not be had: the client has done with them all the same. */
    private Collection<Acquired> giveBack(Collection<Acquired> records, Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        Collection<Acquired> refused =
                cause instanceof NotSettledException some ? some.records() : List.copyOf(records);
        DeliverySource releasing = source;
        if (!closed && releasing != null) {
            releasing.settle(refused, Outcome.RELEASE);
        }
        return refused;
    }

    private @Nullable Source remoteSource() {
        return sender.getRemoteSource() instanceof Source remote ? remote : null;
    }

    @Override
    public void endOfBurst() {
        if (!settledInBurst.isEmpty() || !askedInBurst.isEmpty()) {
            settleBurst();
            update();
        }
    }

    private void settleBurst() {
        DeliverySource settling = source;
        if (settling != null) {
            settledInBurst.forEach((outcome, records) -> settling.settle(records, outcome)
                    .whenCompleteAsync(
                            (done, failure) -> {
                                if (failure != null) {
                                    giveBack(records, failure);
                                }
                            },
                            host.loop()));
            askedInBurst.forEach((outcome, asked) -> settling.settle(List.copyOf(asked.keySet()), outcome)
                    .whenCompleteAsync((done, failure) -> answer(asked, outcome, failure), host.loop()));
        }
        settledInBurst.clear();
        askedInBurst.clear();
    }

    @Override
    public void drained() {
        sender.drained();
        host.flushSoon();
    }

    @Override
    public void ended(String reason) {
        fail(new ErrorCondition(AmqpError.RESOURCE_DELETED, reason));
    }

    private void fail(ErrorCondition condition) {
        if (!closed) {
            close(Departure.DETACHED);
            sender.setCondition(condition);
            sender.close();
            host.flushSoon();
        }
    }

    @Override
    public void close(Departure departure) {
        if (closed) {
            return;
        }
        closed = true;
        if (source == null) {
            return;
        }
        settleBurst();
        if (departure == Departure.LOST && !held.isEmpty()) {
            Source remote = remoteSource();
            Outcome outcome = remote == null || remote.getDefaultOutcome() == null
                    ? Outcome.FAIL
                    : Settlement.defaultOutcome(remote);
            source.settle(new ArrayList<>(held), outcome);
        }
        held.clear();
        source.close();
    }
}
