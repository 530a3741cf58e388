package io.polylog.mqtt.session;

import io.polylog.broker.Marks;
import io.polylog.broker.Origin;
import io.polylog.broker.RefusedException;
import io.polylog.broker.Topic;
import io.polylog.metric.Flow;
import io.polylog.mqtt.codec.ProtocolViolation;
import io.polylog.mqtt.codec.ReasonCode;
import io.polylog.mqtt.message.Message;
import io.polylog.mqtt.session.PublishRouter.Routed;
import io.polylog.mqtt.session.Receipts.Receipt;
import io.polylog.mqtt.session.Receipts.State;
import io.polylog.session.SessionRow;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes QoS 2 publishes into the log exactly once (MQTT 5 §4.3.3). A session that lasts writes a receipt first, then
 * publishes under it: whatever breaks in between, the client's repetition finds the receipt, and the partition finds the
 * record. Owned by the connection's event loop.
 */
final class ReceivedOnce {

    private final Sessions sessions;
    private final Session session;
    private final Receipts receipts;

    ReceivedOnce(Sessions sessions, Session session, Receipts receipts) {
        this.sessions = sessions;
        this.session = session;
        this.receipts = receipts;
    }

    /** Publishes that the client has not released. */
    int unreleased() {
        return receipts.size();
    }

    /** Whether a packet identifier belongs to a publish that is not released. */
    boolean knows(int packetId) {
        return receipts.find(packetId) != null;
    }

    /** Whether a packet identifier stands for a publish that this connection has taken already. */
    boolean isRepetition(int packetId) {
        Receipt receipt = receipts.find(packetId);
        return receipt != null && receipt.state() != State.RESTORED;
    }

    /** Whether a PUBREC is due again for a repetition; otherwise it will come in its time. */
    boolean isTaken(int packetId) {
        Receipt receipt = receipts.find(packetId);
        return receipt != null && receipt.state() == State.TAKEN;
    }

    /** Whether the publish of an earlier connection is known under this packet identifier. */
    boolean isRestored(int packetId) {
        Receipt receipt = receipts.find(packetId);
        return receipt != null && receipt.state() == State.RESTORED;
    }

    /**
     * @param clientId kept with the record; null if it need not be
     * @param done on any thread
     * @throws RefusedException if nothing may be published there
     */
    void take(int packetId, Message message, @Nullable String clientId, Consumer<PublishOutcome> done) {
        Receipt receipt = receipts.find(packetId);
        if (receipt != null) {
            Optional<Topic> topic = sessions.context()
                    .topics()
                    .find(receipt.topicId())
                    .filter(found -> receipt.partition() < found.partitionCount());
            if (topic.isPresent()) {
                Optional<Routed> routed = sessions.router().routeTo(topic.get(), message, clientId);
                if (routed.isPresent()) {
                    receipt.become(State.TAKING);
                    append(receipt, routed.get().in(topic.get().partition(receipt.partition())), message, done);
                    return;
                }
            }
            receipts.remove(receipt); // where it was to go is gone: it is a new publish
        }
        Optional<Routed> routed = sessions.router().route(message, clientId);
        if (routed.isEmpty()) {
            session.journal().ifPresent(journal -> journal.remove(SessionRow.Receipt.keyOf(packetId)));
            done.accept(PublishOutcome.of(ReasonCode.UNSPECIFIED_ERROR));
            return;
        }
        Receipt taken = receipts.add(
                packetId,
                routed.get().partition().topicId(),
                routed.get().partition().partition());
        session.journal()
                .ifPresentOrElse(
                        journal -> {
                            if (receipts.needsNote()) {
                                journal.put(receipts.note());
                            }
                            journal.put(taken.row());
                            journal.sync(() -> append(taken, routed.get(), message, done));
                        },
                        () -> append(taken, routed.get(), message, done));
    }

    private void append(Receipt receipt, Routed routed, Message message, Consumer<PublishOutcome> done) {
        Optional<Origin> origin = session.journal()
                .map(journal -> new Origin(journal.attachment().sessionId(), receipt.sequence(), receipts.floor()));
        CompletionStage<?> published = sessions.context()
                .publisher()
                .publish(routed.partition(), routed.record(), new Marks(origin, routed.retainAs()));
        Flow flow = sessions.flows().of(routed.partition());
        int payloadBytes = message.payload().length;
        published.whenComplete((unused, failure) -> {
            if (failure == null) {
                flow.in(1, payloadBytes);
            }
            done.accept(PublishOutcome.of(failure));
        });
    }

    /** The publish is in the log, or was refused. */
    void taken(int packetId, boolean refused) {
        Receipt receipt = receipts.find(packetId);
        if (receipt == null) {
            return;
        }
        if (refused) {
            receipts.remove(receipt);
            session.journal().ifPresent(journal -> journal.remove(SessionRow.Receipt.keyOf(packetId)));
        } else {
            receipt.become(State.TAKEN);
        }
    }

    /**
     * A PUBREL has come.
     *
     * @param answer given the reason for the PUBCOMP once the receipt is forgotten for good: before, a crash would make the
     *     next publish of that packet identifier a repetition, and lose it
     */
    void release(int packetId, Consumer<ReasonCode> answer) {
        Receipt receipt = receipts.find(packetId);
        if (receipt == null) {
            answer.accept(ReasonCode.PACKET_IDENTIFIER_NOT_FOUND);
            return;
        }
        switch (receipt.state()) {
            case TAKING -> throw new ProtocolViolation(ReasonCode.PROTOCOL_ERROR, "PUBREL before its PUBREC");
            case RELEASING -> {} // its PUBCOMP is on its way
            case RESTORED, TAKEN -> {
                receipt.become(State.RELEASING);
                session.journal()
                        .ifPresentOrElse(
                                journal -> {
                                    journal.remove(SessionRow.Receipt.keyOf(packetId));
                                    journal.sync(() -> released(receipt, answer));
                                },
                                () -> released(receipt, answer));
            }
        }
    }

    private void released(Receipt receipt, Consumer<ReasonCode> answer) {
        receipts.remove(receipt);
        answer.accept(ReasonCode.SUCCESS);
    }
}
